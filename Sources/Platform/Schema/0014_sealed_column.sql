-- Which columns hold values that the key ring has sealed, so that a new key can seal all of them again while they are in use, and an old one
-- is known to be needed no more. The migration that makes such a column adds its row here.
CREATE TABLE sealed_column (
    table_name text COLLATE "C" NOT NULL,
    column_name text COLLATE "C" NOT NULL,
    -- Of a row of that table, as SQL: whose it is, and its name among the rows. A value opens with these two only.
    tenant text NOT NULL,
    id text NOT NULL,
    CONSTRAINT sealed_column_key PRIMARY KEY (table_name, column_name)
);
GRANT SELECT ON sealed_column TO switchboard_app;

INSERT INTO sealed_column (table_name, column_name, tenant, id) VALUES ('signing_key', 'sealed_private_key', '''_platform''', 'kid');

-- The functions below see the sealed values of all tenants, for which their tables let the owner pass. They take no name of a table but
-- those above, and what they give and take is sealed: a server that may call them can neither read nor make such a value without the ring.

-- How many pages the table has.
CREATE FUNCTION sealed_pages(of_table text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT pg_relation_size(to_regclass('public.' || quote_ident(of_table))) / current_setting('block_size')::bigint
        WHERE EXISTS (SELECT FROM public.sealed_column WHERE table_name = of_table)
    $$;

-- Values on some pages of the table, but for those that begin with these bytes. A value that moves meanwhile may be missed: look again.
CREATE FUNCTION sealed_values(of_table text, of_column text, first_page bigint, pages bigint, but_for bytea)
    RETURNS TABLE (place text, tenant_id text, id text, value bytea)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
    DECLARE
        declared public.sealed_column;
    BEGIN
        SELECT * INTO STRICT declared FROM public.sealed_column AS c WHERE c.table_name = of_table AND c.column_name = of_column;
        RETURN QUERY EXECUTE format(
            'SELECT ctid::text, (%s)::text, (%s)::text, %I FROM public.%I'
            ' WHERE ctid >= $1 AND ctid < $2 AND substr(%3$I, 1, octet_length($3)) <> $3',
            declared.tenant, declared.id, of_column, of_table)
            USING format('(%s,0)', first_page)::tid, format('(%s,0)', first_page + pages)::tid, but_for;
    END
    $$;

-- Puts new values in the place of old ones that are still there, all in base64; gives how many.
CREATE FUNCTION sealed_rewrap(of_table text, of_column text, places text[], old_values text[], new_values text[]) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
    DECLARE
        changed bigint;
    BEGIN
        PERFORM FROM public.sealed_column AS c WHERE c.table_name = of_table AND c.column_name = of_column;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'no such sealed column' USING ERRCODE = 'no_data_found';
        END IF;
        EXECUTE format(
            'WITH changed AS ('
            'UPDATE public.%I AS kept SET %I = decode(new.value, ''base64'')'
            ' FROM unnest($1::tid[], $2, $3) AS new (place, old, value)'
            ' WHERE kept.ctid = new.place AND kept.%2$I = decode(new.old, ''base64'') RETURNING 1) SELECT count(*) FROM changed',
            of_table, of_column)
            INTO changed USING places, old_values, new_values;
        RETURN changed;
    END
    $$;

-- How many values each key of the ring has sealed.
CREATE FUNCTION sealed_keys(of_table text, of_column text) RETURNS TABLE (key_id text, count bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
    BEGIN
        PERFORM FROM public.sealed_column AS c WHERE c.table_name = of_table AND c.column_name = of_column;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'no such sealed column' USING ERRCODE = 'no_data_found';
        END IF;
        RETURN QUERY EXECUTE format(
            'SELECT convert_from(substr(%I, 3, get_byte(%1$I, 1)), ''UTF8''), count(*) FROM public.%I'
            ' WHERE octet_length(%1$I) > 1 GROUP BY 1',
            of_column, of_table);
    END
    $$;

REVOKE EXECUTE ON FUNCTION sealed_pages, sealed_values, sealed_rewrap, sealed_keys FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sealed_pages, sealed_values, sealed_rewrap, sealed_keys TO switchboard_app;
