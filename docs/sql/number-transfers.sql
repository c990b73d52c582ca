SELECT nextval('transfers_id_seq') AS id FROM generate_series(1, $1::int)
