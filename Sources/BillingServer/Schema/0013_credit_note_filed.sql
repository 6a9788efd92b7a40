-- What is in a return that is filed stays in it: no credit note is added to its month, and none is cancelled.
CREATE TRIGGER tax_period_filed_new BEFORE INSERT ON credit_note FOR EACH ROW EXECUTE FUNCTION tax_period_demand_open();
CREATE TRIGGER tax_period_filed_change BEFORE UPDATE OF status ON credit_note FOR EACH ROW
    WHEN (NEW.status <> OLD.status) EXECUTE FUNCTION tax_period_demand_open();
