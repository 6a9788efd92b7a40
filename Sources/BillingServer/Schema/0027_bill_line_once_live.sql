-- Once on any bill is now once on one that is not cancelled.
DROP INDEX bill_line_recurring_once;
DROP INDEX bill_line_usage_once;
DROP INDEX bill_line_meeting_once;
-- Of older lines as well, without keeping anybody from writing meanwhile.
ALTER TABLE bill_line VALIDATE CONSTRAINT bill_line_released;
