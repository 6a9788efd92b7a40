// Two threads count with one variable: ThreadSanitizer has to say so.
import Glibc

nonisolated(unsafe) var count = 0

@main
enum Plant {
    static func main() {
        var threads = [pthread_t](repeating: 0, count: 2)
        for index in threads.indices {
            pthread_create(
                &threads[index], nil,
                { _ in
                    for _ in 0..<1_000 { count += 1 }; return nil
                }, nil)
        }
        for thread in threads { pthread_join(thread, nil) }
        print(count)
    }
}
