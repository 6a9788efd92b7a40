internal import Postgres

extension SQL {
    /// The next number of a series, for this transaction's document. It holds the series until the transaction ends: whoever draws after
    /// a commit gets the next one, after a rollback the same.
    static func drawNumber(of series: NumberSeries) -> SQL {
        """
        INSERT INTO document_series AS series (tenant_id, prefix, start_year, last_sequence)
        VALUES (current_tenant(), \(series.prefix), \(Int16(truncatingIfNeeded: series.year.startYear)), 1)
        ON CONFLICT (tenant_id, prefix, start_year) DO UPDATE SET last_sequence = series.last_sequence + 1
        RETURNING last_sequence
        """
    }
}
