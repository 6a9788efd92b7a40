internal import Glibc

/// Tests that search at random search a little in `make test`, and for long under `make soak-…`.
public enum Soak {
    public static let isOn = unsafe getenv("SWITCHBOARD_SOAK") != nil
}
