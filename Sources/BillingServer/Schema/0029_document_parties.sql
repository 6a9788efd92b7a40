-- Who sold and who bought, as both were when the document was issued. Nothing in drafts, and in what was issued before this.
ALTER TABLE invoice
    ADD COLUMN seller_name text,
    ADD COLUMN seller_gstin text COLLATE "C",
    ADD COLUMN seller_state smallint,
    ADD COLUMN seller_address text,
    ADD COLUMN buyer_name text,
    ADD COLUMN buyer_address text,
    ADD COLUMN buyer_state smallint;
ALTER TABLE invoice ADD CONSTRAINT invoice_parties CHECK (
    num_nulls(seller_name, seller_gstin, seller_state, seller_address, buyer_name, buyer_address, number) = 0
    OR num_nulls(seller_name, seller_gstin, seller_state, seller_address, buyer_name, buyer_address, buyer_state) = 7
) NOT VALID;

ALTER TABLE credit_note
    ADD COLUMN seller_name text,
    ADD COLUMN seller_gstin text COLLATE "C",
    ADD COLUMN seller_state smallint,
    ADD COLUMN seller_address text,
    ADD COLUMN buyer_name text,
    ADD COLUMN buyer_address text,
    ADD COLUMN buyer_state smallint;
ALTER TABLE credit_note ADD CONSTRAINT credit_note_parties CHECK (
    num_nulls(seller_name, seller_gstin, seller_state, seller_address, buyer_name, buyer_address) = 0
    OR num_nulls(seller_name, seller_gstin, seller_state, seller_address, buyer_name, buyer_address, buyer_state) = 7
) NOT VALID;
