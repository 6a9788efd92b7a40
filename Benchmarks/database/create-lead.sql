\startpipeline
SELECT set_config('app.tenant', :tenant, true), set_config('app.caller', :caller, true), set_config('app.request_id', :request, true), set_config('statement_timeout', :timeout, true), set_config('lock_timeout', :timeout, true), set_config('idle_in_transaction_session_timeout', :timeout, true);
INSERT INTO idempotency_key (tenant_id, caller, key, fingerprint, reply) VALUES (current_tenant(), current_setting('app.caller'), :key, :fingerprint, :reply);
INSERT INTO lead (tenant_id, id, first_name, last_name, email, phone, company, job_title, linkedin_url, status, score, source, notes, tags, custom_fields, consent_email, consent_sms, consent_phone, consent_given_at, consent_source, consent_ip_address, lawful_basis, timezone, country, created_at, updated_at) VALUES (current_tenant(), :id, :first_name, :last_name, :email, :empty, :company, :empty, :empty, :status, :score::int4, :source, :empty, :none, :object, :false, :false, :false, :nothing, :empty, :empty, :empty, :empty, :empty, :now, :now);
INSERT INTO outbox (tenant_id, topic, subject, payload, request_id) VALUES (current_tenant(), :topic, :text, :payload, current_setting('app.request_id'));
\endpipeline
