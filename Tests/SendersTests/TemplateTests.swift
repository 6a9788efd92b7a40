import Testing

@testable import Senders

struct TemplateTests {
    @Test("a template is filled in, and every value is needed and known")
    func filled() throws {
        var templates = Templates()
        try templates.add(
            text: "code", language: "en", places: ["code", "minutes"], "Your code is {{code}}, for {{minutes}} minutes: {{code}}.")
        #expect(
            try templates.text("code", language: "en", ["code": "{{minutes}}", "minutes": "10"])
                == "Your code is {{minutes}}, for 10 minutes: {{minutes}}.")
        #expect(throws: SenderError.template("The template code needs a value for minutes.")) {
            try templates.text("code", language: "en", ["code": "1"])
        }
        #expect(throws: SenderError.template("The template code has no place for x.")) {
            try templates.text("code", language: "en", ["code": "1", "minutes": "2", "x": "3"])
        }
        #expect(throws: SenderError.self) { try templates.text("other", language: "en", [:]) }
        #expect(throws: SenderError.self) { try templates.mail("code", language: "en", [:]) }
    }

    @Test(
        "a mistake in a template is found when it is loaded",
        arguments: [
            "{{code", "code}}", "{{ code }}", "{{Code}}", "{{}}", "{{a{{b}}}}", "{{code}} {{unknown}}", "no place at all", "{{code}}}}",
            "{{code()}}", "{{code.x}}",
        ])
    func mistakes(source: String) {
        var templates = Templates()
        #expect(throws: SenderError.self) { try templates.add(text: "t", language: "en", places: ["code"], source) }
    }

    @Test("languages: the very one, the general one, the fallback; none twice")
    func languages() throws {
        var templates = Templates()
        for language in ["en", "hi", "pt-BR"] { try templates.add(text: "t", language: language, places: [], language) }
        let found = try ["hi-IN", "HI", "pt-BR", "pt", "xx", "", "en-GB"].map { try templates.text("t", language: $0, [:]) }
        #expect(found == ["hi", "hi", "pt-BR", "en", "en", "en", "en"])
        #expect(throws: SenderError.self) { try templates.add(text: "t", language: "HI", places: [], "x") }
    }

    @Test("SEC-7 · values are escaped in HTML, and cannot forge a header")
    func escaping() throws {
        var templates = Templates()
        try templates.add(
            mail: "hello", language: "en", places: ["name", "link"], subject: "Hello {{name}}", text: "Hello {{name}}, see {{link}}",
            html: #"<p title="{{name}}">Hello {{name}}, <a href="{{link}}">look</a></p>"#)
        let mail = try templates.mail("hello", language: "en", ["name": #"<b>"A" & 'B'</b>"#, "link": "https://a.test/?a=1&b=2"])
        #expect(mail.subject == #"Hello <b>"A" & 'B'</b>"# && mail.text == #"Hello <b>"A" & 'B'</b>, see https://a.test/?a=1&b=2"#)
        let name = "&lt;b&gt;&quot;A&quot; &amp; &#39;B&#39;&lt;/b&gt;"
        #expect(mail.html == #"<p title="\#(name)">Hello \#(name), <a href="https://a.test/?a=1&amp;b=2">look</a></p>"#)
        #expect(throws: SenderError.self) {
            try templates.mail("hello", language: "en", ["name": "a\r\nBcc: eve@example.com", "link": "https://a.test"])
        }
        for link in ["javascript:alert(1)", "//evil.test", "http://a.test", " https://a.test", "data:text/html,x"] {
            #expect(throws: SenderError.self) { try templates.mail("hello", language: "en", ["name": "a", "link": link]) }
        }
    }

    @Test(
        "SEC-7 · a place where a value could become markup or a program is refused",
        arguments: [
            "<p {{x}}>", "<{{x}}>", "<a href={{x}}>", "<a href='{{x}}'>", "<a onclick=\"{{x}}\">", "<a title=\"b\" onclick = \"f({{x}})\">",
            "<p style=\"{{x}}\">",
            "<script>{{x}}</script>", "<STYLE>{{x}}</STYLE>", "<!-- {{x}} -->", "<a/onclick=\"{{x}}\">", "<a title=\"b\"onclick=\"{{x}}\">",
            "<svg><a>{{x}}</a></svg>", "<a title=b onclick=\"{{x}}\">",
        ])
    func dangerous(html: String) {
        #expect(throws: SenderError.self) { try HTMLTemplate(html) }
    }

    @Test(
        "a link with space before it is a link all the same",
        arguments: ["<a href=\" {{x}}\">", "<a href = \"\n{{x}}\">", "<img src=\"{{x}}\">", "<A HREF=\"{{x}}\">"])
    func links(html: String) throws {
        let template = try HTMLTemplate(html)
        #expect(throws: SenderError.self) { try template.filled(["x": "javascript:alert(1)"]) }
        #expect(try template.filled(["x": "https://a.test"]).contains("https://a.test"))
    }
}
