/// What a pool accepts at most. Descriptors come from peers, too, by reflection.
enum PoolLimits {
    /// Bytes of a type's or a field's full name. Each name repeats the scopes it is in, so that a few long ones could fill the memory.
    static let nameBytes = 512
}
