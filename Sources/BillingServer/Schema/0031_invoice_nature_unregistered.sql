-- Who has no registration collects no tax (CGST Act, section 32(1)).
ALTER TABLE invoice DROP CONSTRAINT invoice_nature;
ALTER TABLE invoice ADD CONSTRAINT invoice_nature CHECK (
    nature IN (
        'intra_state', 'union_territory', 'inter_state', 'zero_rated_with_tax', 'zero_rated_without_tax', 'composition', 'unregistered'
    )
) NOT VALID;
