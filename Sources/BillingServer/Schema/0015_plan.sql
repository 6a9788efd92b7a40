-- What customers subscribe to. A version of a plan never changes: a period that was billed can always be explained by it.
CREATE TABLE plan (
    tenant_id text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    -- Of the row: each change makes the next one.
    version bigint NOT NULL DEFAULT 1,
    code text COLLATE "C" NOT NULL,
    name text NOT NULL,
    kind text COLLATE "C" NOT NULL,
    is_retired boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT plan_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT plan_code_taken UNIQUE (tenant_id, code),
    CONSTRAINT plan_version CHECK (version > 0),
    CONSTRAINT plan_code CHECK (code ~ '^[a-z][a-z0-9_]{0,31}$'),
    CONSTRAINT plan_name CHECK (char_length(name) BETWEEN 1 AND 100),
    CONSTRAINT plan_kind CHECK (kind IN ('base', 'add_on'))
);

CREATE TABLE plan_version (
    tenant_id text COLLATE "C" NOT NULL,
    plan_id uuid NOT NULL,
    number integer NOT NULL,
    -- Periods that begin from this day on have these terms, until the next version's day.
    effective_from date NOT NULL,
    -- A switchboard.billing.v1.PlanTerms.
    terms bytea NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text COLLATE "C" NOT NULL,
    CONSTRAINT plan_version_key PRIMARY KEY (tenant_id, plan_id, number),
    CONSTRAINT plan_version_from UNIQUE (tenant_id, plan_id, effective_from),
    CONSTRAINT plan_version_plan FOREIGN KEY (tenant_id, plan_id) REFERENCES plan (tenant_id, id),
    CONSTRAINT plan_version_number CHECK (number > 0),
    CONSTRAINT plan_version_created_by CHECK (octet_length(created_by) BETWEEN 1 AND 512)
);

CREATE TABLE subscription (
    tenant_id text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    customer_id uuid NOT NULL,
    funding text COLLATE "C" NOT NULL,
    started_on date NOT NULL,
    trial_through date,
    -- Of which plan its trial is: a customer has one of each.
    trial_plan_id uuid,
    -- The first day that is paid for: each period begins on this day of a month, or on the last where a month has none such.
    anchored_on date NOT NULL,
    -- The last day that is billed.
    billed_through date,
    -- Since when what falls due is on no bill because the customer would owe more than the credit limit.
    refused_on date,
    ends_on date,
    cancel_reason text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT subscription_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT subscription_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id),
    CONSTRAINT subscription_trial_plan FOREIGN KEY (tenant_id, trial_plan_id) REFERENCES plan (tenant_id, id),
    CONSTRAINT subscription_trial CHECK ((trial_plan_id IS NULL) = (trial_through IS NULL)),
    CONSTRAINT subscription_version CHECK (version > 0),
    CONSTRAINT subscription_funding CHECK (funding IN ('advance', 'credit')),
    CONSTRAINT subscription_days CHECK (
        anchored_on >= started_on AND (trial_through IS NULL OR trial_through = anchored_on - 1 AND trial_through >= started_on)
        AND (billed_through IS NULL OR billed_through >= anchored_on) AND (ends_on IS NULL OR ends_on >= started_on - 1)
    ),
    CONSTRAINT subscription_cancel_reason CHECK (char_length(cancel_reason) <= 500 AND (cancel_reason <> '') = (ends_on IS NOT NULL))
);
-- A customer has one that has no end; another may follow one that is cancelled.
CREATE UNIQUE INDEX subscription_of_customer ON subscription (tenant_id, customer_id) WHERE ends_on IS NULL;
CREATE INDEX subscription_by_customer ON subscription (customer_id, tenant_id, id);
CREATE INDEX subscription_by_trial_plan ON subscription (trial_plan_id, tenant_id);

-- What a subscription is of from the first day of a period on, until the next of these begins: a change makes one that is to come.
CREATE TABLE subscription_phase (
    tenant_id text COLLATE "C" NOT NULL,
    subscription_id uuid NOT NULL,
    from_day date NOT NULL,
    plan_id uuid NOT NULL,
    billing_interval text COLLATE "C" NOT NULL,
    -- In step: which add-ons, and how many of each.
    add_on_ids uuid[] NOT NULL DEFAULT '{}',
    add_on_counts integer[] NOT NULL DEFAULT '{}',
    CONSTRAINT subscription_phase_key PRIMARY KEY (tenant_id, subscription_id, from_day),
    CONSTRAINT subscription_phase_subscription FOREIGN KEY (tenant_id, subscription_id) REFERENCES subscription (tenant_id, id),
    CONSTRAINT subscription_phase_plan FOREIGN KEY (tenant_id, plan_id) REFERENCES plan (tenant_id, id),
    CONSTRAINT subscription_phase_interval CHECK (billing_interval IN ('month', 'year')),
    CONSTRAINT subscription_phase_add_ons CHECK (cardinality(add_on_ids) = cardinality(add_on_counts) AND cardinality(add_on_ids) <= 16)
);
CREATE INDEX subscription_phase_by_plan ON subscription_phase (plan_id, tenant_id, subscription_id);

CREATE TABLE entitlement_override (
    tenant_id text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    feature text COLLATE "C" NOT NULL,
    -- One of the three.
    is_on boolean,
    feature_limit bigint,
    is_unlimited boolean NOT NULL DEFAULT false,
    from_day date NOT NULL,
    -- Behind the first day by -1 where it was revoked before it began.
    through_day date,
    reason text NOT NULL,
    granted_by text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT entitlement_override_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT entitlement_override_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id),
    CONSTRAINT entitlement_override_feature CHECK (feature ~ '^[a-z][a-z0-9_]{0,63}$'),
    CONSTRAINT entitlement_override_grant CHECK (num_nonnulls(is_on, feature_limit, nullif(is_unlimited, false)) = 1 AND feature_limit >= 0),
    CONSTRAINT entitlement_override_days CHECK (through_day >= from_day - 1),
    CONSTRAINT entitlement_override_reason CHECK (char_length(reason) BETWEEN 1 AND 500),
    CONSTRAINT entitlement_override_granted_by CHECK (octet_length(granted_by) BETWEEN 1 AND 512)
);
CREATE INDEX entitlement_override_by_customer ON entitlement_override (customer_id, tenant_id, id);

ALTER TABLE plan ENABLE ROW LEVEL SECURITY;
ALTER TABLE plan FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON plan USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE plan_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE plan_version FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON plan_version USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE subscription ENABLE ROW LEVEL SECURITY;
ALTER TABLE subscription FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON subscription USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE subscription_phase ENABLE ROW LEVEL SECURITY;
ALTER TABLE subscription_phase FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON subscription_phase USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE entitlement_override ENABLE ROW LEVEL SECURITY;
ALTER TABLE entitlement_override FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON entitlement_override USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

GRANT SELECT, INSERT ON plan, plan_version, subscription, entitlement_override TO switchboard_app;
GRANT UPDATE (version, is_retired, updated_at) ON plan TO switchboard_app;
GRANT UPDATE (version, billed_through, refused_on, ends_on, cancel_reason, updated_at) ON subscription TO switchboard_app;
GRANT SELECT, INSERT, DELETE ON subscription_phase TO switchboard_app;
GRANT UPDATE (through_day) ON entitlement_override TO switchboard_app;

CREATE FUNCTION plan_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changing text[] := '{version,is_retired,updated_at}';
BEGIN
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'each change of a plan makes its next version'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_version_follows', TABLE = 'plan', COLUMN = 'version';
    END IF;
    IF to_jsonb(NEW) - changing IS DISTINCT FROM to_jsonb(OLD) - changing THEN
        RAISE EXCEPTION 'of a plan only its sale may end; its terms have versions'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_immutable', TABLE = 'plan';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER plan_keep BEFORE UPDATE ON plan FOR EACH ROW EXECUTE FUNCTION plan_keep();

CREATE FUNCTION subscription_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changing text[] := '{version,billed_through,refused_on,ends_on,cancel_reason,updated_at}';
BEGIN
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'each change of a subscription makes its next version'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'subscription_version_follows', TABLE = 'subscription', COLUMN = 'version';
    END IF;
    IF OLD.billed_through IS NOT NULL AND NEW.billed_through IS DISTINCT FROM OLD.billed_through
        AND (NEW.billed_through IS NULL OR NEW.billed_through <= OLD.billed_through) THEN
        RAISE EXCEPTION 'what is billed of a subscription stays billed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'subscription_billed_forward', TABLE = 'subscription', COLUMN = 'billed_through';
    END IF;
    IF OLD.ends_on IS NOT NULL AND NEW.ends_on IS DISTINCT FROM OLD.ends_on THEN
        RAISE EXCEPTION 'a subscription is cancelled once'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'subscription_cancelled_once', TABLE = 'subscription', COLUMN = 'ends_on';
    END IF;
    IF to_jsonb(NEW) - changing IS DISTINCT FROM to_jsonb(OLD) - changing THEN
        RAISE EXCEPTION 'whose a subscription is and when it began does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'subscription_immutable', TABLE = 'subscription';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER subscription_keep BEFORE UPDATE ON subscription FOR EACH ROW EXECUTE FUNCTION subscription_keep();

-- What a subscription was of in a period that is billed stays so.
CREATE FUNCTION subscription_phase_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    phase subscription_phase := coalesce(NEW, OLD);
BEGIN
    IF EXISTS (
        SELECT FROM subscription
        WHERE subscription.tenant_id = phase.tenant_id AND subscription.id = phase.subscription_id
            AND subscription.billed_through >= phase.from_day
    ) THEN
        RAISE EXCEPTION 'what is billed of a subscription stays what it was of'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'subscription_phase_billed', TABLE = 'subscription_phase';
    END IF;
    RETURN phase;
END
$$;
CREATE TRIGGER subscription_phase_keep BEFORE INSERT OR UPDATE OR DELETE ON subscription_phase
    FOR EACH ROW EXECUTE FUNCTION subscription_phase_keep();
CREATE TRIGGER plan_append_only BEFORE DELETE OR TRUNCATE ON plan
    FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();
CREATE TRIGGER plan_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON plan_version
    FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();
CREATE TRIGGER subscription_append_only BEFORE DELETE OR TRUNCATE ON subscription
    FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();
CREATE TRIGGER subscription_phase_no_truncate BEFORE TRUNCATE ON subscription_phase
    FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();
CREATE TRIGGER entitlement_override_append_only BEFORE DELETE OR TRUNCATE ON entitlement_override
    FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();
