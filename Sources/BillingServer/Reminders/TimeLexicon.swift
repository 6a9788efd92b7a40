/// The words of phrases about time: English, Hindi in Latin letters as people type it, Hindi in Devanagari.
enum TimeLexicon {
    static func word(_ text: String) -> TimeWord? { words[text] }

    /// Words that mean something else together, the longer first.
    static let phrases: [(words: [String], meaning: TimeWord)] = [
        (["day", "after", "tomorrow"], .day(2)), (["half", "past"], .shift(30)), (["quarter", "past"], .shift(15)),
        (["quarter", "to"], .shift(-15)), (["from", "now"], .after), (["o", "clock"], .oClock), (["p", "m"], .pm(true)),
        (["a", "m"], .pm(false)), (["aadhi", "raat"], .midnight), (["आधी", "रात"], .midnight),
    ]

    private static let words: [String: TimeWord] = {
        var words: [String: TimeWord] = [:]
        for (meaning, spellings) in table {
            for spelling in spellings.split(separator: " ") { words[String(spelling)] = meaning }
        }
        for (index, spellings) in TimeNumbers.spellings.enumerated() {
            for spelling in spellings.split(separator: " ") { words[String(spelling)] = .number(index) }
        }
        for (number, spellings) in TimeNumbers.tens {
            for spelling in spellings.split(separator: " ") { words[String(spelling)] = .number(number) }
        }
        return words
    }()

    private static let table: [(TimeWord, String)] = [
        (.day(0), "today aaj aj आज"), (.day(1), "tomorrow tmrw kal कल"), (.day(2), "parso parson परसों परसो"),
        (.weekday(.monday), "monday mon somvar somwar सोमवार"), (.weekday(.tuesday), "tuesday tue tues mangalvar mangalwar mangal मंगलवार"),
        (.weekday(.wednesday), "wednesday wed budhvar budhwar budh बुधवार"),
        (.weekday(.thursday), "thursday thu thurs guruvar guruwar veervar brihaspativar गुरुवार गुरूवार बृहस्पतिवार वीरवार"),
        (.weekday(.friday), "friday fri shukravar shukrawar शुक्रवार"), (.weekday(.saturday), "saturday sat shanivar shaniwar शनिवार"),
        (.weekday(.sunday), "sunday sun ravivar raviwar itvar itwar रविवार इतवार"),
        (.month(1), "january jan janvari janwari जनवरी"), (.month(2), "february feb farvari फरवरी फ़रवरी"), (.month(3), "march mar मार्च"),
        (.month(4), "april apr aprail अप्रैल"), (.month(5), "may mai मई"), (.month(6), "june jun जून"), (.month(7), "july jul julai जुलाई"),
        (.month(8), "august aug agast अगस्त"), (.month(9), "september sep sept sitambar सितंबर सितम्बर"),
        (.month(10), "october oct aktubar अक्टूबर अक्तूबर"), (.month(11), "november nov navambar नवंबर नवम्बर"),
        (.month(12), "december dec disambar दिसंबर दिसम्बर"),
        (.unit(.minute), "minute minutes min mins minat मिनट"), (.unit(.hour), "hour hours hr hrs ghanta ghante ghanton घंटा घंटे घण्टे घंटों"),
        (.unit(.day), "day days din dino दिन दिनों"), (.unit(.week), "week weeks hafta hafte saptah हफ्ता हफ्ते हफ़्ते सप्ताह"),
        (.unit(.month), "month months mahina mahine माह महीना महीने"), (.unit(.year), "year years saal sal varsh साल वर्ष"),
        (.half, "half aadha aadhe आधा आधे"), (.pm(true), "pm"), (.pm(false), "am"),
        (.part(.morning), "morning subah savere सुबह सवेरे"), (.part(.afternoon), "afternoon dopahar dopehar दोपहर"),
        (.part(.evening), "evening shaam sham शाम"), (.part(.night), "night tonight raat rat रात"), (.noon, "noon"), (.midnight, "midnight"),
        (.oClock, "oclock baje bje बजे"), (.minutesPast, "bajkar बजकर"), (.shift(30), "saadhe sadhe साढ़े साढे"), (.shift(15), "sava sawa सवा"),
        (.shift(-15), "paune पौने"), (.oneAndHalf, "dedh डेढ़ डेढ"), (.twoAndHalf, "dhai ढाई"),
        (.every, "every each har हर प्रत्येक"), (.everyUnit(.hour), "hourly"), (.everyUnit(.day), "daily roz rozana pratidin रोज रोज़ रोज़ाना प्रतिदिन"),
        (.everyUnit(.week), "weekly"), (.everyUnit(.month), "monthly"), (.everyUnit(.year), "yearly annually"),
        (.ordinal, "st nd rd th tarikh tareekh तारीख तारीख़"), (.next, "next agle agla agli अगले अगला अगली"), (.at, "at"),
        (.filler, "on the of in ko ke ki ka pe par mein me को के की का पे पर में"), (.after, "after later baad bad बाद"),
    ]
}

/// Number words, by the number.
enum TimeNumbers {
    /// From 0 to 31: hours, days of a month, and what is counted in a sentence.
    static let spellings = [
        "zero shunya शून्य", "one a an ek एक", "two do दो", "three teen तीन", "four chaar char चार", "five paanch panch पाँच पांच",
        "six chhah chhe cheh छह छः छे", "seven saat सात", "eight aath आठ", "nine nau नौ", "ten das दस", "eleven gyarah gyara ग्यारह",
        "twelve barah bara बारह", "thirteen terah तेरह", "fourteen chaudah चौदह", "fifteen pandrah पंद्रह पन्द्रह", "sixteen solah सोलह",
        "seventeen satrah सत्रह", "eighteen atharah अठारह", "nineteen unnis उन्नीस", "twenty bees bis बीस", "ikkis इक्कीस", "bais baais बाईस",
        "teis तेईस", "chaubis चौबीस", "pachchis pachis पच्चीस", "chhabbis छब्बीस", "sattais सत्ताईस", "atthais अट्ठाईस", "untis उनतीस",
        "thirty tees तीस", "ikattis इकतीस",
    ]
    /// What minutes and long intervals are counted in.
    static let tens: [(Int, String)] = [(40, "forty chalis चालीस"), (45, "paintalis पैंतालीस"), (50, "fifty pachas पचास"), (60, "sixty saath साठ")]
}
