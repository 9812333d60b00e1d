CREATE TABLE seatlock_schema (version int NOT NULL);
INSERT INTO seatlock_schema VALUES (1);
CREATE TABLE show (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE
);

CREATE TABLE node (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  heartbeat timestamptz NOT NULL
);

CREATE TABLE entry (
  show bigint NOT NULL,
  idx bigint NOT NULL,
  at bigint NOT NULL,
  node bigint NOT NULL,
  words json NOT NULL,
  command bytea NOT NULL,
  PRIMARY KEY (show, idx)
);

CREATE TABLE snapshot (
  show bigint NOT NULL REFERENCES show,
  idx bigint NOT NULL,
  at bigint NOT NULL,
  state bytea NOT NULL,
  sha256 bytea NOT NULL,
  PRIMARY KEY (show, idx)
);

CREATE VIEW history AS
SELECT
  show.name AS show,
  entry.idx,
  to_timestamp(entry.at / 1000.0) AS time,
  words ->> 0 AS action,
  words ->> 1 AS seats,
  words ->> 2 AS holder,
  words ->> 3 AS request,
  words ->> 4 AS ref,
  words ->> 5 AS reason,
  words ->> 6 AS author,
  words ->> 7 AS due,
  words ->> 8 AS connection,
  entry.node
FROM show
JOIN entry ON entry.show = show.id;
INSERT INTO show OVERRIDING SYSTEM VALUE VALUES (1, 'hamlet');
INSERT INTO show OVERRIDING SYSTEM VALUE VALUES (2, 'lear');
INSERT INTO entry VALUES (1, 1, 1795642251729, 1, '["openSession",null,"h1"]','\x0100026831010861206469676573740088f123f3');
INSERT INTO entry VALUES (1, 2, 1795642251785, 1, '["lock","A1 A2","h1","r\u00221"]','\x010a026831037222310202683102024131024132c4b55abc');
INSERT INTO entry VALUES (1, 3, 1795642251829, 1, '["pay","A1","h1",null,"order 座 17","cash","box"]','\x010602010241310103626f780102683100010c6f7264657220e5baa720313701046361736821297904');
INSERT INTO entry VALUES (1, 4, 1795642251846, 1, '["pay","A2"]','\x010602010241320000000000520cde59');
INSERT INTO entry VALUES (1, 5, 1795642251857, 1, '["reserve","C1",null,null,null,null,null,"2099-01-01T00:00:00Z"]','\x0106000102433100000180d8caa8bd760000c10b5468');
INSERT INTO entry VALUES (2, 1, 1795642251837, 1, '["block","B1"]','\x0106050102423100000000005a03e13a');
INSERT INTO snapshot VALUES (1,0,0,'\x01c0cf24c0ee6d64b0ea01000000000000','\xcaa251bd862d9fd2a7c6e7cffc02cc1fb0c816bf54f5ae80b1a9acb72a1d032c');
INSERT INTO snapshot VALUES (2,0,0,'\x01c0cf24c0ee6d64b0ea01000000000000','\x85d5908334d38fac0d05232de236087026ca1e8279e98bb918d44fd07fabc639');
SELECT setval(pg_get_serial_sequence('show', 'id'), 2);
INSERT INTO node (name, heartbeat) VALUES ('0123456789abcdef', now() - interval '1 day');
