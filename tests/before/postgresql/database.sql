SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.account (
    id integer NOT NULL,
    email character varying(320) NOT NULL,
    role character varying(20) NOT NULL,
    link_hash bytea,
    link_until timestamp with time zone,
    passphrase_hash character varying(200),
    factor_box bytea,
    last_step integer NOT NULL,
    ready_at timestamp with time zone
);
CREATE SEQUENCE public.account_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.account_id_seq OWNED BY public.account.id;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.arrival (
    signature_id bytea NOT NULL,
    hour timestamp with time zone NOT NULL,
    provider character varying(20) NOT NULL,
    domain bytea NOT NULL
);
CREATE TABLE public.audit_line (
    number integer NOT NULL,
    at timestamp with time zone NOT NULL,
    by character varying(320) NOT NULL,
    act character varying(40) NOT NULL,
    facts json NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL
);
CREATE TABLE public.day_count (
    day date NOT NULL,
    country character varying(2) NOT NULL,
    language character varying(8) NOT NULL,
    number integer NOT NULL
);
CREATE TABLE public.desk (
    id integer NOT NULL,
    four_eyes_off_at timestamp with time zone,
    last_line integer NOT NULL,
    last_hash bytea NOT NULL
);
CREATE SEQUENCE public.desk_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.desk_id_seq OWNED BY public.desk.id;
CREATE TABLE public.export (
    id bytea NOT NULL,
    account_id integer NOT NULL,
    document character varying(10) NOT NULL,
    wanted json NOT NULL,
    language character varying(8) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    begun_at timestamp with time zone,
    attempts integer NOT NULL,
    expected integer NOT NULL,
    done integer NOT NULL,
    prepared_at timestamp with time zone,
    sha256 character varying(64),
    size bigint,
    key_box bytea,
    failed_at timestamp with time zone,
    trouble character varying(20),
    taken_at timestamp with time zone
);
CREATE TABLE public.guesses (
    account_id integer NOT NULL,
    day date NOT NULL,
    device bytea NOT NULL,
    tried integer NOT NULL,
    wrong integer NOT NULL,
    next_at timestamp with time zone NOT NULL
);
CREATE TABLE public.key_mark (
    name character varying(20) NOT NULL,
    fingerprint character varying(16) NOT NULL
);
CREATE TABLE public.known_device (
    token_hash bytea NOT NULL,
    account_id integer NOT NULL,
    used_at timestamp with time zone NOT NULL
);
CREATE TABLE public.letter (
    id bytea NOT NULL,
    kind character varying(40) NOT NULL,
    box bytea NOT NULL,
    posted_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    lease_until timestamp with time zone,
    attempts integer NOT NULL,
    sent_at timestamp with time zone,
    reminded_at timestamp with time zone,
    failed_at timestamp with time zone
);
CREATE TABLE public.login (
    id integer NOT NULL,
    token_hash bytea NOT NULL,
    account_id integer NOT NULL,
    began_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    asked_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.login_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.login_id_seq OWNED BY public.login.id;
CREATE TABLE public.name_word (
    word character varying(40) NOT NULL COLLATE pg_catalog."C",
    signature_id bytea NOT NULL
);
CREATE TABLE public.provider_day (
    day date NOT NULL,
    provider character varying(20) NOT NULL,
    sent integer NOT NULL,
    refused integer NOT NULL,
    confirmed integer NOT NULL
);
CREATE TABLE public.publication (
    id integer NOT NULL,
    confirmed integer NOT NULL,
    withdrawn integer NOT NULL,
    removed integer NOT NULL,
    countries json NOT NULL,
    as_of timestamp with time zone NOT NULL,
    closed_on date,
    is_sample boolean NOT NULL,
    removed_by_reason json NOT NULL,
    counted_at timestamp with time zone,
    mail_stopped_on date,
    names_hidden_on date,
    words_held_on date,
    testimony_withdrawn_on date
);
CREATE SEQUENCE public.publication_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.publication_id_seq OWNED BY public.publication.id;
CREATE TABLE public.recovery_code (
    account_id integer NOT NULL,
    code_hash bytea NOT NULL
);
CREATE TABLE public.relay (
    id integer NOT NULL,
    smtputf8 boolean NOT NULL
);
CREATE SEQUENCE public.relay_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.relay_id_seq OWNED BY public.relay.id;
CREATE TABLE public.removal (
    id integer NOT NULL,
    by character varying(320) NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    ids bytea NOT NULL,
    number integer NOT NULL,
    reason character varying(20),
    done_at timestamp with time zone,
    undone_at timestamp with time zone,
    restored integer
);
CREATE SEQUENCE public.removal_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.removal_id_seq OWNED BY public.removal.id;
CREATE TABLE public.removed (
    id bytea NOT NULL,
    tag bytea NOT NULL,
    token_hash bytea NOT NULL,
    sealed bytea NOT NULL,
    shown_as text,
    language character varying(8) NOT NULL,
    country character varying(2),
    news boolean NOT NULL,
    text_sha256 character varying(64) NOT NULL,
    confirmed_on date NOT NULL,
    removal_id integer NOT NULL
);
CREATE TABLE public.removed_review (
    signature_id bytea NOT NULL,
    day date NOT NULL,
    held text,
    flags character varying(40) NOT NULL,
    refused_on date
);
CREATE TABLE public.request (
    id integer NOT NULL,
    act character varying(40) NOT NULL,
    facts json NOT NULL,
    asked_by character varying(320) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    decided_by character varying(320),
    decided_at timestamp with time zone,
    done_at timestamp with time zone
);
CREATE SEQUENCE public.request_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.request_id_seq OWNED BY public.request.id;
CREATE TABLE public.review (
    signature_id bytea NOT NULL,
    day date NOT NULL,
    held text,
    flags character varying(40) NOT NULL,
    refused_on date
);
CREATE TABLE public.seal_key (
    number integer NOT NULL,
    public bytea NOT NULL,
    code bytea NOT NULL,
    since date NOT NULL
);
CREATE TABLE public.signature (
    id bytea NOT NULL,
    tag bytea NOT NULL,
    token_hash bytea NOT NULL,
    sealed bytea NOT NULL,
    shown_as text,
    language character varying(8) NOT NULL,
    country character varying(2),
    news boolean NOT NULL,
    text_sha256 character varying(64) NOT NULL,
    confirmed_on date NOT NULL
);
CREATE TABLE public.submission (
    id bytea NOT NULL,
    tag bytea NOT NULL,
    digest bytea NOT NULL,
    token_hash bytea NOT NULL,
    sealed bytea NOT NULL,
    shown_box bytea NOT NULL,
    language character varying(8) NOT NULL,
    country character varying(2),
    news boolean NOT NULL,
    text_sha256 character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.tally (
    day date NOT NULL,
    reason character varying(20) NOT NULL,
    number integer NOT NULL
);
CREATE TABLE public.wave (
    id integer NOT NULL,
    day date NOT NULL,
    hour integer NOT NULL,
    provider character varying(20) NOT NULL,
    number integer NOT NULL,
    looked_on date
);
CREATE SEQUENCE public.wave_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.wave_id_seq OWNED BY public.wave.id;
CREATE TABLE public.wave_member (
    wave_id integer NOT NULL,
    signature_id bytea NOT NULL
);
ALTER TABLE ONLY public.account ALTER COLUMN id SET DEFAULT nextval('public.account_id_seq'::regclass);
ALTER TABLE ONLY public.desk ALTER COLUMN id SET DEFAULT nextval('public.desk_id_seq'::regclass);
ALTER TABLE ONLY public.login ALTER COLUMN id SET DEFAULT nextval('public.login_id_seq'::regclass);
ALTER TABLE ONLY public.publication ALTER COLUMN id SET DEFAULT nextval('public.publication_id_seq'::regclass);
ALTER TABLE ONLY public.relay ALTER COLUMN id SET DEFAULT nextval('public.relay_id_seq'::regclass);
ALTER TABLE ONLY public.removal ALTER COLUMN id SET DEFAULT nextval('public.removal_id_seq'::regclass);
ALTER TABLE ONLY public.request ALTER COLUMN id SET DEFAULT nextval('public.request_id_seq'::regclass);
ALTER TABLE ONLY public.wave ALTER COLUMN id SET DEFAULT nextval('public.wave_id_seq'::regclass);
INSERT INTO public.account VALUES (1, 'omar@example.org', 'organizer', NULL, NULL, '$argon2id$v=19$m=32768,t=3,p=1$ZV18nvgKThp0eNFEp78OMQ$8OH3htW87YQtQI6SV15qSPh4+gV8ypprS9xncXpAIDQ', '\xf33fada710f7a60f6d7d890206638bccee7ef734a23d3b46db1f7690fec79840fda15df46b7797a29327600ab649dba9f6df266e164ff9e6d370cefd4b6f9b639c4a08f2afa49f71013398945ed26c9c6ac54f95a637a8400f2309cec8690a52d9df9419b8ffbb6799d69204ab910664ab1080bc5f2d4d1645c76d00d1a1e3a795af36c1e40dc1e5401bf2b0486347f4332e4ef1e0cc11874dad54ef4d8c468510a87e81efcd26f1c223c95958d3803c07a69f016abd371955967bc84a16f8602bb2a330ae29fbf5924a04aacd452fe517bfbe636bbe8d29d68e4f3d5cb9a54308877b4a19dd1ca85e70a8d68a4a36cdbb270c5b088789fed692ac4bbc5badeacdbf76b2b7297b115843da342cc5c04dd155971590e42906fabe360bda26078e5d5e6eb0e57cd31d3e99f46a2f3f8c170b93b991580b3af1f6c9939fe76e38e01fd63b0d7716515ea3b03dc2afdf397c1c3e29e3ca5ef0b9fa1f20eff83fc4d9cd13594dc406d005da4bddb9b519be0d538221591c12491c350ce7e907a32938e32c10e19b95c8e3e7355bd2c7a6fa6cf9d3b0f2c3aaba2d121b0d19e21319fc53f633736ba68a4500c82d0ad723e0ea0c20abd8b883a8059dcda3e1817b894dfa6a2c49fb98e6465c181258efd605cb39a02ff4da7253394893c9c57db627d6fd400ba4227321fd27d7c4601e0f8997d8e739321312c7c3d0f109949f6545a3c2a4d275aa10de3dbe098257cf2640d7a5c41c9d8583adf5ee9f9fb9f1b78efddb32dd1ccfc71f74', 59862906, '2026-11-28 17:33:09.084839+00');
INSERT INTO public.account VALUES (2, 'nour@example.org', 'organizer', NULL, NULL, '$argon2id$v=19$m=32768,t=3,p=1$glaelABtDC+OUHQQc+n8XQ$YorSdjRsORETS7AKDVCjPv3Lm+PfN9fAlsN8HpugMnY', '\xa030aa45bba2ccce6834264759e51abb8fbf4f402fd4754df40fc88b0a41ee3937d94f8557319ad92bbdcbb66f734793522cc3f7f2e7b2c661d7f62537712d7e2b581a589c770c310598dd1b15fb8b1515893f6a941970635277c63d1306d97debf696b376b0bc1d4740d6f171f1bcd49233ccddc1233b17cf869a20654795dbc411558f0b5f07ad6c6b88dd4ed469faa0c3ec9790f56a1e6d508b0634dca6bd96b16866646e4d42285d7df09cfdb1cc1eda428d23535715b4df074fdda65bad6e71a4e8bf741095f02c81f6bda1f8612f2fc76a16eca6da9f7b98ab0656bd7b956e463d9ed04d29945f896e1e552118f5e3d2da2a8b62c011ad2a34d7762922b1eba328827ae9d78d74425d917636127e0c2ac694a222ffcfdbcf10b1e7ff6ba9ca9b56e8ff8d0350c2a9db28d7b5554a251233000ac82cc079a13a2d0c19de5745630de7c0425f05a5d257399945555eb7f76eb17872a2bb36c1b69d5d1bae833f6be303fadfcf833239f231af9f895a3da65e0f4a73d4e880187a0033dfdff3e6470affe17ac9d908d0f793c89a29a212cd1be827773d912e2a401949a5b3f0c4ad61a798ffda2f89a99b2d3c4d7f66c9bcc8a22d0484fe63b754eb38d54fb0cc0e9f7729353ecd2db5d2652bc9b365f44a074834b2c9e44484788cbd709d7c2ed56f50391335bd8ad644a1491f56023b79c88e7df359120e2ba36ae04908205e49d28feaefe5d3215ae1f20ac3f6cbb8e9ac81322e390ee28fb49cc51e464f03d382aeb9a0b3', 59862906, '2026-11-28 17:33:13.929841+00');
INSERT INTO public.account VALUES (3, 'hadi@example.org', 'organizer', '\x506e64a1b54630c2af4192812fd15a8ade47484a3d212ae677f71a354ef73ede', '2026-12-01 17:33:30.403185+00', NULL, NULL, 0, NULL);
INSERT INTO public.alembic_version VALUES ('0008');
INSERT INTO public.arrival VALUES ('\x520c0093b9d6050b925613558458e6f4', '2026-11-28 17:00:00+00', 'other', '\x105c0bf6bfae30e3');
INSERT INTO public.arrival VALUES ('\xdca21925a11d5305904ba47a2178eb6b', '2026-11-28 17:00:00+00', 'other', '\x105c0bf6bfae30e3');
INSERT INTO public.arrival VALUES ('\xcb6a4354c57d620ba5dce33955c7d318', '2026-11-28 17:00:00+00', 'other', '\x105c0bf6bfae30e3');
INSERT INTO public.arrival VALUES ('\x12ad0eced34a81dbbc40c8812496b912', '2026-11-28 17:00:00+00', 'other', '\x105c0bf6bfae30e3');
INSERT INTO public.arrival VALUES ('\xa35bdac405e654f80e76178530abdf30', '2026-11-28 17:00:00+00', 'other', '\x105c0bf6bfae30e3');
INSERT INTO public.audit_line VALUES (1, '2026-11-28 17:33:07.705716+00', '', 'account added', '{"account": "omar@example.org", "role": "organizer"}', '\x0000000000000000000000000000000000000000000000000000000000000000', '\xcfb346e1c85c926a0cb7f8b0f3ccb8cbaf9c902e0bce4d2204a577895492cd6d');
INSERT INTO public.audit_line VALUES (2, '2026-11-28 17:33:09.094996+00', 'omar@example.org', 'account set up', '{}', '\xcfb346e1c85c926a0cb7f8b0f3ccb8cbaf9c902e0bce4d2204a577895492cd6d', '\x33dc817442f5e607b0eec2b903999c3aa378d208cf764a4ed59bec02c2467fb3');
INSERT INTO public.audit_line VALUES (3, '2026-11-28 17:33:09.811349+00', 'omar@example.org', 'logged in', '{}', '\x33dc817442f5e607b0eec2b903999c3aa378d208cf764a4ed59bec02c2467fb3', '\x756917efc548e81758347b317b5ddfc46a0789b0000cbe4d60cf4a9c0cb318e7');
INSERT INTO public.audit_line VALUES (4, '2026-11-28 17:33:12.641132+00', '', 'account added', '{"account": "nour@example.org", "role": "organizer"}', '\x756917efc548e81758347b317b5ddfc46a0789b0000cbe4d60cf4a9c0cb318e7', '\x969c7c84510d02d1a776bb4d6c7553bda82f560a7be9f6b6e6a7837b0a87251b');
INSERT INTO public.audit_line VALUES (5, '2026-11-28 17:33:13.933168+00', 'nour@example.org', 'account set up', '{}', '\x969c7c84510d02d1a776bb4d6c7553bda82f560a7be9f6b6e6a7837b0a87251b', '\xa71e76d6c95b2f2d0049c0c6891260debf0d30624e63fe838469b2b48f72e295');
INSERT INTO public.audit_line VALUES (6, '2026-11-28 17:33:14.275476+00', 'nour@example.org', 'logged in', '{}', '\xa71e76d6c95b2f2d0049c0c6891260debf0d30624e63fe838469b2b48f72e295', '\xcb8634be4f62edf462c283e090bcc7f53c42867348e15c8426d1e02aeda385a7');
INSERT INTO public.audit_line VALUES (7, '2026-11-28 17:33:14.757009+00', 'omar@example.org', 'removed', '{"removal": 1, "reason": "duplicate", "number": 1}', '\xcb8634be4f62edf462c283e090bcc7f53c42867348e15c8426d1e02aeda385a7', '\x528e949fb9111cedee958120b28bf3ef5b9a2355d08f664c901fff6283f96db6');
INSERT INTO public.audit_line VALUES (8, '2026-11-28 17:33:14.926148+00', 'omar@example.org', 'asked', '{"request": 1, "what": "export with addresses"}', '\x528e949fb9111cedee958120b28bf3ef5b9a2355d08f664c901fff6283f96db6', '\x64dbe8207bb3300909291157814cdc983870befbf651276e3a0376414169fd22');
INSERT INTO public.audit_line VALUES (9, '2026-11-28 17:33:15.05421+00', 'nour@example.org', 'agreed', '{"request": 1, "what": "export with addresses"}', '\x64dbe8207bb3300909291157814cdc983870befbf651276e3a0376414169fd22', '\x890b5b054deaf545791bf29cc68e68dc48724e28af05f5f4671a5e5e0e078e38');
INSERT INTO public.audit_line VALUES (10, '2026-11-28 17:33:15.067879+00', 'omar@example.org', 'export asked for', '{"format": "csv"}', '\x890b5b054deaf545791bf29cc68e68dc48724e28af05f5f4671a5e5e0e078e38', '\x204aabf3e327644f7106587bc1b34331de4be49d1044ccef641fb1eb514d6522');
INSERT INTO public.audit_line VALUES (11, '2026-11-28 17:33:17.991652+00', 'omar@example.org', 'export prepared', '{"format": "csv", "rows": 5, "sha256": "43296a710b903b5e10e55b2c3f8e3e1d39c4e7b1c5c460ed03a5cfe755ba8748"}', '\x204aabf3e327644f7106587bc1b34331de4be49d1044ccef641fb1eb514d6522', '\xd7c9b4f303740243a0996eb5b0c472f5e0beb8af2add6b5ebfefaed21ebd72cf');
INSERT INTO public.audit_line VALUES (12, '2026-11-28 17:33:18.346562+00', 'omar@example.org', 'asked', '{"request": 2, "what": "bulk removal"}', '\xd7c9b4f303740243a0996eb5b0c472f5e0beb8af2add6b5ebfefaed21ebd72cf', '\xf2a87b44ecfcd3febc4e88b02dcbd19c9c822279e3951ae87fe80167b05d6289');
INSERT INTO public.audit_line VALUES (13, '2026-11-28 17:33:18.48106+00', 'omar@example.org', 'asked', '{"request": 3, "what": "export with addresses"}', '\xf2a87b44ecfcd3febc4e88b02dcbd19c9c822279e3951ae87fe80167b05d6289', '\x4a74eee7095f224d2a8181f3e2a3b7bc6e0060174ed78ac3895b8622d64fb5a8');
INSERT INTO public.audit_line VALUES (14, '2026-11-28 17:33:30.443867+00', '', 'account added', '{"account": "hadi@example.org", "role": "organizer"}', '\x4a74eee7095f224d2a8181f3e2a3b7bc6e0060174ed78ac3895b8622d64fb5a8', '\xf624d0f4e610d9907c807bedea32f2cb65db82ebf6e655cc6b3dda95499f2b51');
INSERT INTO public.audit_line VALUES (15, '2026-11-28 17:33:35.25253+00', 'omar@example.org', 'export asked for', '{"format": "sealed"}', '\xf624d0f4e610d9907c807bedea32f2cb65db82ebf6e655cc6b3dda95499f2b51', '\x75aee3b9108ee750712eb78a567fd1b34738e852f52745ffcc0e9033ccf8a33f');
INSERT INTO public.day_count VALUES ('2026-11-28', 'SY', 'en', 1);
INSERT INTO public.day_count VALUES ('2026-11-28', 'FR', 'en', 1);
INSERT INTO public.day_count VALUES ('2026-11-28', '', 'en', 2);
INSERT INTO public.day_count VALUES ('2026-11-28', 'TR', 'ar', 1);
INSERT INTO public.desk VALUES (1, NULL, 15, '\x75aee3b9108ee750712eb78a567fd1b34738e852f52745ffcc0e9033ccf8a33f');
INSERT INTO public.export VALUES ('\x1f83ed98cbcb17447c1e887cc86812b1', 1, 'csv', '{}', 'en', '2026-11-28 17:33:15.06412+00', '2026-11-28 17:33:17.956806+00', 1, 5, 5, '2026-11-28 17:33:17.985033+00', '43296a710b903b5e10e55b2c3f8e3e1d39c4e7b1c5c460ed03a5cfe755ba8748', 1208, '\x42af4ff2e15090739d2398837e4818bab8f24fe42cf2daa6c0ece2f32b8ef99f460edffc3e745e0036897265b4b07503fdf6f0bfd0935004066cb32cc27458b3664473eb3b8cee1c96f040aa4cdc6a9574a8a6812a4d3ab562fda3023b998eaa589136b745ccd8712b2e44a60083842d88f0d46975f75bdf15ca0607b68bff29e616a79f28d8f7c692666940b7665d2bdef3f7bc5006da41a0300c683c78a07abe7b7d2dd58cfe9f227b742615462a30ff37f0fb881124cfef1231e0d2774f19852b5ad13f7968da8f92b0c3bceac271ca3a024755bea9fdee7af1ddb0d04fc4432054c152c8adadfbb581b6ec670cd5cdc5b0cd30f5c08d61ec4ba183ef7d95857d860a7dbe9fb23759bf6c2d5b71776ca1fef85409d42563876d1ad1885ebabd4b1c90237f45fcf5e3e71dd65ca70dafa9bb0d1c5294223b5c4b91e1300c99e928e250c7c814b0cdde30ccd3395fd31183202dc59afbbf1cef4c3a6bc82c7473fa9a6debba72a90e4345ef7bd7074db89a52769a1bd90ddc97f95e87b54b51386b3a9d62edfaedbf0d229386a1f4df84e3dcbe1a7dc235985d1023d42a5cd053a30f4fc3c8824780a0f2f3e950be686d1ce98c285454d76215ba532946cde0be9ba889a8b2cc2057298a7e91484b3f8ac177e30bc0f2818ed67cbe9dd762573c16491da2121c3b0cf9295ad78af186105037b6bbbcd04e00f95486a8e12ea93d621b2b6f5b96dbaba7f7c1f14ab9328e24c0d9542cad908121b7e65e413996936d4c14d8da49c7', NULL, NULL, NULL);
INSERT INTO public.export VALUES ('\x3e1b48b4d67002d358015a58eb670775', 1, 'sealed', '{}', 'en', '2026-11-28 17:33:35.241135+00', NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.guesses VALUES (1, '2026-11-28', '\x', 1, 0, '2026-11-28 17:33:09.208244+00');
INSERT INTO public.guesses VALUES (2, '2026-11-28', '\x', 1, 0, '2026-11-28 17:33:13.98931+00');
INSERT INTO public.key_mark VALUES ('seal', '41435c64db71a7b0');
INSERT INTO public.key_mark VALUES ('tag', '995aca4b04f32dbe');
INSERT INTO public.key_mark VALUES ('mail', '66552f5d769a056f');
INSERT INTO public.key_mark VALUES ('form', 'dafb9e998b7e28f2');
INSERT INTO public.key_mark VALUES ('desk', 'eb73c5669b969cfd');
INSERT INTO public.known_device VALUES ('\x2b681cc23df54876a54f6849f80d693e20a70c999640492a17a965efa6f375c9', 1, '2026-11-28 17:33:09.208244+00');
INSERT INTO public.known_device VALUES ('\xae1de9bb004f198af54f54455407afba993524baf291a9e44eee6f032ff74a46', 2, '2026-11-28 17:33:13.98931+00');
INSERT INTO public.letter VALUES ('\x8fe57f603d74265b7f7e8938291cf094', 'ask_to_confirm', '\x088a8d3aa96dca5100697e567a965c527359445d8f242e8e7ee64704656891cb576ae2e315aed5f65e878374a7a1b48030df2d7b389ea8fd0656963567127b18756595b56c2fde53c1a07eb5fd503d49fb5f0e3630148d143390de8bfadcd3d6649a7d1c7f44ea676e5acde664be146390d460a5dc2918960bb59c957265cf92eda9f5e79fa60614f3d3b05b6cac257abf3b50b9864f946bc7864481e44d8669a6842a82f940247c9d05a44851b16cc31834bbb78e12957ef04575eeeaa16b7d567492bbbed919c02274c1b573440e99905e49e3bb17762424da743d06cf0373a3b3abf8ef5d72f2feeba316eefdcd60afe7815c0e72a0930f90dc545e3dc9c36894ddad118e4bc5d44c58600d1a2ee29521f78f9e85a8c3c5f8a8f13cded25e9da3d8636b483b049942ab38a1997048e7c1931297eda2369bbf6ec8896b8cc4fd754dd294e734ab7587822c308f09d516c81839d2f34ad17c0b6d6d0ce12ae7548a2e7cf231a55bd3903be0efbfa5f12822a3eee1e9bda4a72ad3bc8c15f9b2da1fe4cc4c0821b4790b04dc60b0987ab2b3de6e88a8b31efe7a7bfc241f01f690c5e3c3f80628a26ada9cbe643a0b26edb2e1c8393c0671b20c809ec1efd2c64295615ed9531c695d97028797639eda94ae798dd6f91a9e40f54453992fcfeb1935a8e902d821b8b83af5e366238b5c781bf4eabc08c965da47b72f921a16dfbe482c66bc930e34ac39358ec04c7d589d4facf786f67bddb592aba4f3d5a794fd6144ece10ca3af', '2026-11-28 17:33:03.819487+00', '2026-11-29 17:33:04.453852+00', NULL, 0, '2026-11-28 17:33:04.453844+00', NULL, NULL);
INSERT INTO public.letter VALUES ('\x6728e612c02b317e987fe1a27c0d509f', 'ask_to_confirm', '\xccbf89188571149772f25b26aa54e68b0596e50e027ad05b75b555083eb13d9766cf41846fbba80544a513764430b77a7024f3be060f8bfa148c680a6632c2eed06c3b07a0a9409e07dbbdecd5241a4acc37047a38565135067f3babcabc32db8085a61a4b3fe283b52902b3c59a34cda49fdd023816ee62f24dd5ab93ec217ccf3144a0c6f130094ff2a3cb79cbc63786a48f7228a1173f73f4d468190d97654a8239bf1d696aeb8f310b84d21e1c45660ed46bc89a33e68ff96454e884faed25aa5a3013409dc69a01cd920c48e50af0cac3679b8655d553a1ee2633726040aba370d5557fc73f21e61c0f56dccc93abb81bdf2b44ba1b03f6808d8a2d07fe5a3ad33a804901ea9c116c0304c90fb6567d70aa035900f7880537c1dad6481ea3eb66f7cf2c77d7262d62554c0a851d3ec2f7eb06d6c5e6c75a0a88f611850e4a085e81dec1d5d74c73ad9b1251e49c0a6bb8d4fc47422ccabd31f1b6d026401b259f93a5e0a63b22080bd697d49e0533491fc77b690430321c7b6109eb0b69c2a6a3b458c4e4398dca61b6ba4bea28d8b62ed2acf8e784b8b1bc46f22e7bf7adc8de375f7dd3495acb226ef33289be3249e2032413fdf2e452fd4d5f287c0b9c76a2e72cfc1cad25f1aec25790d1b447a0d97b308d46c856233d7ec887f9b0a445f31f85e2a5f2133ccae18877258123c3cb8e24a83bb63d4c48005eeddab6c6a4e6b63747f22f1b467d0c2e48ba060d71cdf1217a0a6df161f87c025179f2e0d70d3cbbe50e15', '2026-11-28 17:33:35.046376+00', '2026-11-28 17:33:35.046376+00', NULL, 0, NULL, NULL, NULL);
INSERT INTO public.login VALUES (1, '\xdc425ca2473a44246cf4597b25eab0eb7fde81e6c441e9c271c4298b80816051', 1, '2026-11-28 17:33:09.208244+00', '2026-11-28 17:33:09.208244+00', '2026-11-28 17:33:09.208244+00');
INSERT INTO public.login VALUES (2, '\x53bde24750899ef875c409578c433beed12ab4bb328ba587378058ee61fccd3b', 2, '2026-11-28 17:33:13.98931+00', '2026-11-28 17:33:13.98931+00', '2026-11-28 17:33:13.98931+00');
INSERT INTO public.name_word VALUES ('layla', '\x520c0093b9d6050b925613558458e6f4');
INSERT INTO public.name_word VALUES ('يارا', '\xdca21925a11d5305904ba47a2178eb6b');
INSERT INTO public.name_word VALUES ('with', '\x12ad0eced34a81dbbc40c8812496b912');
INSERT INTO public.name_word VALUES ('name,', '\x12ad0eced34a81dbbc40c8812496b912');
INSERT INTO public.name_word VALUES ('comma', '\x12ad0eced34a81dbbc40c8812496b912');
INSERT INTO public.name_word VALUES ('a', '\x12ad0eced34a81dbbc40c8812496b912');
INSERT INTO public.name_word VALUES ('adel', '\xa35bdac405e654f80e76178530abdf30');
INSERT INTO public.provider_day VALUES ('2026-11-28', 'other', 8, 0, 0);
INSERT INTO public.publication VALUES (1, 5, 1, 1, '{}', '2026-11-28 17:33:00+00', NULL, false, '{"duplicate": 1}', '2026-11-28 17:33:00+00', NULL, NULL, NULL, NULL);
INSERT INTO public.recovery_code VALUES (1, '\x3151d0b639b359fb80a1259f747558b9355bcf06941eae847e841a6358cafac7');
INSERT INTO public.recovery_code VALUES (1, '\xbfc25b7606796a6e16d302ae604ee1cf867a9768433c65f3e4b347d671994bad');
INSERT INTO public.recovery_code VALUES (1, '\xe47d2022e5a92de8dd7e373de757a4e0700331f15bed451971ccdd850b3b2305');
INSERT INTO public.recovery_code VALUES (1, '\x295a4715df78f08513b8036427ebe85cacb1db8f8cf2f83259e67b6966aaeb15');
INSERT INTO public.recovery_code VALUES (1, '\x016763ebd07fe365ac664986302abf05034405fdc85700593f3429b425f1764e');
INSERT INTO public.recovery_code VALUES (1, '\x24a9127b3c484acd9323cf23263a7360094353d4eeab617c9a7f092755fd625f');
INSERT INTO public.recovery_code VALUES (1, '\xe28de801f80b84806e1a4b60440c51e19ebf60cc6d71acaf9bae2b83ab257449');
INSERT INTO public.recovery_code VALUES (1, '\xd4caf6237f8d9a182225bb45a41ba75e49555804a61988c39f359e974dd683d3');
INSERT INTO public.recovery_code VALUES (1, '\x25a37bb33c7c03af0c1c05768129c3267fd8478cce951bcbe83c3e3c4c71c31c');
INSERT INTO public.recovery_code VALUES (2, '\xabd1bfebe7ba061d7bad8a35a55fdefcfe386fd1794e9d951a807489bd7b89f5');
INSERT INTO public.recovery_code VALUES (2, '\x0342ced51cacfc4e4fbe74d6acdfa7d725bb5ec3d273b40fe5f0b4941b1e2241');
INSERT INTO public.recovery_code VALUES (2, '\xe4a0f01a84ea7626e5f826864f3523115256b97be9be34c12ba42fc4d991d94d');
INSERT INTO public.recovery_code VALUES (2, '\xe234494cce6c4bb4e237a3b977afb47488ff9540d2ef6a799d5902301f54982b');
INSERT INTO public.recovery_code VALUES (2, '\x8742d725aab15b1507cd3ef61c8a486eb5cf55835dcffa33ee436a7b2720a9af');
INSERT INTO public.recovery_code VALUES (2, '\x22cf8e56ff1c6c997307aa8d49389f1a890f04d29d88b8db7d568051ac065eac');
INSERT INTO public.recovery_code VALUES (2, '\xdbbb4271a70f28fc22f08271d31c1b8e5edbe06f750f1e5962929fb83bab9899');
INSERT INTO public.recovery_code VALUES (2, '\xb7622cd60481577a65bd01a3b61563f38ee75bf79af5b3b8153c5f21dd9c5c1d');
INSERT INTO public.recovery_code VALUES (2, '\x90e678f87ac861e74b653936817f81f8fe9198ef7e1669b1e07c76b63c7fc141');
INSERT INTO public.relay VALUES (1, true);
INSERT INTO public.removal VALUES (1, 'omar@example.org', '2026-11-28 17:33:14.581845+00', '\x', 1, 'duplicate', '2026-11-28 17:33:14.742525+00', NULL, NULL);
INSERT INTO public.removal VALUES (2, 'omar@example.org', '2026-11-28 17:33:18.190247+00', '\xa35bdac405e654f80e76178530abdf3012ad0eced34a81dbbc40c8812496b912', 2, NULL, NULL, NULL, NULL);
INSERT INTO public.removed VALUES ('\xcf2ec9019b867c9ae97c59b8e337f1fd', '\x73ca8fe3b2ac2d3244b8720943f0da370e94d75c514414af3c91fda6000368dd', '\x081903bbbe15b27b2ce5fcd04881690c04bc980c52014a328ca20e479934ca4c', '\x0169ffabdfae5259d23261e78721ed693eff4a81fc06ee43699a996f1fda89d8648647bd6390d9917d3e377630a186622bc4360a43afec3a22770e7d09b05f59c2e4f615b4bef6096b21588f68b2ecfe822b41b6b8468f804349e089bada42975711626f075fc40aee3285219847ae4990e5888c96b08f2ce026e31da5ff6a340f996b9d325384ef5e1f1f81b0b2b3efc396b4ff00376611bc9adb3fddb61007503636be0238c561668ab8681de86c85d9e83ee84fa7c9a8eacb34f67e5893ac5733fb9ac9c0f5c6f8429c006418d9dbc75f6d67a8dbd3a421545fcf91f704ecd89dbdc5aba24565f1321b51f64f9f63fcae45072d059d6449a2c96e98c2c31d5247644b0c85aa7e58a1361c1edd378575b4dd3833e1741388b3f26d0891d3a8a9e3020bc65ac076b0323f2b3e5d966428d959b1a2edf40e14a2e086d3c95de29d3187e47b1bfaa52fc70cab035ac95b772299823356ce1eb4b7148006c638b52fc5ffedf12021d2cf8f4a5a58a03f4cf6c74a33de8a7e569cf2d76819b18e6787093da7ff9bf0577f3a53f970183192c14c800fe6e264da65ef48fab0e18f0b49cf2fd8d2c4dd4b7232a6a3c82ff5e5c0486a82b25f6e178065382921856d19ee71c10a07405e2e3fe39cc1b7ed4874b8493618d494d59ea3a1609786dc0cdeea3013d2d9998eadbab016619ca578202d99148b64124971f81bdd2264b9e68aed58aa7a682f8e6fe7adb909e9237bc5d71822f510ce589e50edf360da6c9724570127ba571249ff6345cf0270415061aa621476d1742d5ffc', 'Rami A.', 'en', 'DE', false, '00dd3bff880a17f5e6e3b5550c7f61e80010b02eeae9df67b1e054c34dd0ec15', '2026-11-28', 1);
INSERT INTO public.request VALUES (1, 'export with addresses', '{"format": "csv", "reader": "en"}', 'omar@example.org', '2026-11-28 17:33:14.922834+00', 'nour@example.org', '2026-11-28 17:33:15.0555+00', '2026-11-28 17:33:15.0555+00');
INSERT INTO public.request VALUES (2, 'bulk removal', '{"removal": 2, "reason": "duplicate", "number": 2}', 'omar@example.org', '2026-11-28 17:33:18.340458+00', NULL, NULL, NULL);
INSERT INTO public.request VALUES (3, 'export with addresses', '{"format": "jsonl", "reader": "en"}', 'omar@example.org', '2026-11-28 17:33:18.476561+00', NULL, NULL, NULL);
INSERT INTO public.signature VALUES ('\x520c0093b9d6050b925613558458e6f4', '\x3108b7fae1831b09f74d6df502db77e07cfa7a20188f9d23e745c8d5a58b5abe', '\xcf377543420f310c5e79f44ef1c7adbc2afacafb8d71dbce567e7f5b3c042359', '\x0169ffabdfae5259d2eb73750b3bf4b232b03bb9fa1c399f9d71630626a834093e0ee33dae292b6a53b43967c434588aabdcd2ec16c31fb418b86e3b4a4b5c43ceb74a5d4c7dedee6f66ebd64bc87ce017e9f6f30dc3a0518df1f588c1b70692000533773674a8f2def45d22896f55424f759cededb7395eb26ff4b409dad41abb69b13da0b1bf0b24fcc1b050ab81510f614e4a830bf42041b7a12da2f6d4a75376ead4e902473128c2cdc81b436360af1633fab440fe13800b7ce68a28a55b2df5fa64f242d2c1344e618a4721ab8916c45ae30a9bd5540e973b77513d0e4054f32cc71a35bc3b1cf302401e61bacaad3aaf8bb005f4281f7a2f650b62a9924278bc38a61aa3bd35e2ac9027acc18d65457e729f00b0d6defb20bb9f8c7d2726b5b56aca8e4a06f5918a842136f79af0a7e9c866466942decb4d482a5917c14153426b742a2728fc37c8b944cc78b273d1a34e8168e9b6d35166787280dd47b703231768d8fec0316de29192f647c3695b2fb75ee9ab1f43d65f668698934956027ee3304cb630a4d53476f7116d625b14976c48ac2fcb14c3b08e03227e0891a3a01c9564c2d0daef83299130eaf9cc9aedd68d27742dbde9048b177af753ec0b3cfbcb48e0402082ffba9b9868b80a9ff8d552b39a57932c997caca5d724316112f2394fcbb2523daed2e6bf052e7e85f8abef8d367181a18736a40e5ebb0e16f7920f63f7fabcf8d80b8d0e84b8f058a71723459dd712872d32654cbd2cbfd5768168e128946136e86f26166a156e4e688c31352c1181', 'Layla', 'en', 'SY', false, '00dd3bff880a17f5e6e3b5550c7f61e80010b02eeae9df67b1e054c34dd0ec15', '2026-11-28');
INSERT INTO public.signature VALUES ('\xdca21925a11d5305904ba47a2178eb6b', '\x67ef43f1638952484ecb155d3700097b3031dff7924aadc9611f5875ac2b351b', '\xaf7bcc46eea744c76518425b411c1723c448387d438d271f5eb17e916d059ea7', '\x0169ffabdfae5259d271ada0f740f219d0cdac0a13fe26394101d6095a3414252c0a68fabdf1faa36f68e2372e24b34b87f212f2e03f9c209235b016df97b46c3accbd8d1178632914aed719afd6a4f74d10099d23beb9fd82ad6a1b33a3e82bfc025156325ceb6aa423349fdf40a3810818bf2a8bff7997fbdcc8f82c4e88b4a9c98c6a2471ff580a78acbde2e18c8aba51d215173c1b08cc817b20a3257c4ef64ef8050b742ebdc24ef16b082eb1254ed0bc8c232121b99914000dcf4e4ae10f6a4f85270beb97e5f3b379d2fb607c677a0b2f0d05c54d13fdd485e913edb4f46182328f23a85d8d48d874ed991af9758abcbb18b00d57bb5381417389187f2080b436941d434bcda21a26b21c8ad0e8310d3d5749b249d0d3d8cb1664b4aea436141279e30fc2417bf5bd36220725e81e039ddf5bfe3bd2f14d399800e863c31ff297713a29ee59a8b957dea7231931287182ae9eb2499655361299f6b58871ec5ddcfb10185e6331c17f82b33c2114488eb2f2d979f2588e5333b56eeb6ab1b560ac86249344e854373d8af7c63e07a95c5e4e63b1d00356e164e1687533ad2da5db31d360d93b84c83b5c316e3eed326ccbe2a7673eb545d3fd1b109ebbe66a5b1ffb51b0f67e0ec639b3876a75a4c148c7b06c200747e8a2e046902f45b617d10e6fe2cc338c4f8afd35bd9c8bcfc8d783afb4b1e338737e6f215c6a617710e9d71a215fcd65cd73e3ad61e61668786feab958c6e726a775cb53f007757da50c4ada64e5cb81d8e755b7a96fae34d0027a5666b177af', 'يارا', 'ar', 'TR', true, 'f8bf3482e9c62ff2d9590aaf893ab19dc2d81a0f40d53b844e390e011eb147cc', '2026-11-28');
INSERT INTO public.signature VALUES ('\xcb6a4354c57d620ba5dce33955c7d318', '\x04568ef86ce349add6af245dbc33ce3afbdb0a9dc6750441281a4b8859eb6f3b', '\x753cf5d7ba3f5fdf9754595eec51e99e824de5bb05f8c4ac3c515850b7e7ae8c', '\x0169ffabdfae5259d2eb92fc8b7ee2bc2b2c1c5cfe79b0ac87d268e1397d1ae8419c92412da98b327228f40b074b0dcd390eba20d4f9db00c0ce77430ef62e8419260f57c889e417f6fcc2cf61360e604845394e214f177a18c28aaebe4337c84021b60f66cba6d3bcecdded4f606c12cbbc9648a019dd8295c0379ca99638165530f2c23a865a84e1634e3af0abf1af080f7271b78fd12acb6d118c0f39483126357e2176262e28c2cb49e33317c31b708a18c35502f71a97ae46ed23fb185aaa4058ecdc95caa8c20f2d36bec75f1c2a9ed0d393086efa8d72ead280ac2c8d722fa5a0d84180d914f2fb61882ec883610e968a9d3ad1771270dafd82d528f56973567b5d5890fb9b524c03bcb9808d17672049b2365ea95a234c0eecb5a2fd2e757fa484ce2c139293fa943495a83345f49be8229f77413a0ca0333686e462b035509b82f3f730478f3d0f8d6243f832740ea132fb87bbd99d04765c7f449fce33a59b59b4f74402b1f7d2ac44105ad0e7e8bf56f98ebd89c411cfdad77c4e5216901f68b12afc9698caca34cb2342f1699315708c1f5f6c987278c6227256d884486e02a5efd9c51f2135ba7941ebf26ec6dc23dbd09996c1d593eb21782eedf8d4b5a49ee8e379df9ede2d6c13ac643198f96fdb5bcb28d6cbd8249359584cc27aa9e1fb15f0b7ab0f1e688af7876a263fdc0544bec876005f376b4c2ccb1516942eb3550c6c5fd1701ee839e980aed25e94722d688e5100e8c2e34e9372f5c79913b9452390e70047fc34fe93d77cffd134f73358baba7c3703d3fd75fa6693f4689e0c3478ebc54ecddf942af99c2fe031f153fd93aa285ebcdc4fb04939b3055316176ce85c0fa1417a9eaeac075ef2e1ccccc338e23c77bc21453e9eff687d83e700118f0058732339e5babd2739c8d8cec53c0778035b5d1db38999433ccdf119bb43cddec80fc49104600b56a9fc03cfa423bd6e216b4dbbe0555c49c4dfffe2f535aeed21076833d3e82239728126b414b8ecfe171968533e95701773455339b254772d144fee7e4cca2450ebc14fd1951a4096f83cd500068c3b0dbf0eb61a0dc4ccd680999eb166b7d234a3723ecbdd7a1a215116a435538f45872520701aa5e83a256672ead135d4d86f97bf56cd980112c74873bb48835ddd83ba830c8b9a7c0d7432292ea62fd856be2532cfd9b227423ccda765b89ea522698bcff0e56a2cd6ace25a48e1a74a36fa3ff1e50b8c6d3a0b32209e4637ed82e164f5887600ff1dd133fcca87a1e53ea1a34aee64a50dc2de58213a94569ab739c07d072f047ccc62a4bae0f44b288501635ad4a0ddc319c4b9dcc8ead3017f9ea26c7001ae807b569ecbecb907a4ed2be71baaf461629d01b76a4f8bd9d48e7468b6e675091192fb599fdea9a25b7ad31daa27321c9a5937289ed12f6c59f707f711cf007d6687a98038b00f3b252188b731c247905c5dff1195b2f5f037846e8bf7372fb598c8d1e470532db3323c2e767c3d7c2dd8c3bd', NULL, 'en', NULL, false, '00dd3bff880a17f5e6e3b5550c7f61e80010b02eeae9df67b1e054c34dd0ec15', '2026-11-28');
INSERT INTO public.signature VALUES ('\x12ad0eced34a81dbbc40c8812496b912', '\x2da11754373cef13d1fb15dbe7a7db73824ba24c49d47ab48de0990793183360', '\x25dd3bbabef4e19106f72edeaafb684577122c3bf74e4311e86f382ff247281e', '\x0169ffabdfae5259d2bd9962cce91211c4e97a9e15c4f96b98bdf2b33c58ee3aeae0c4769a7f32c04b77c2c0e5cc911dcd9208f531dee32e5468f7083d1505f1237bbe84097b525b41d9c94adab179842173d380ec411ffe17f3a39806193de884840f50928b5e8cc18cd470c54bc48a326ba75a09860dbc56b3435650afa1ee776f849ca9085af2d8c093d7b35148935cec16bd1fa1f0bb860a66fcf47a4f9023ae96df3dfee4b78d678bb675292c625c3a0a99ebb36fdc1e03ff1a744c4eb00abca55b16a1c81d209e5561e126085b48c0c377397a73b26db76b87c1f179eed5a0d2e3306bb64d80a3fb4ce50f25a91048490d3388058b08e95b7a13d592bf613a639a26c0de13aacdf04a5d4f0386d35eaf97f7de9360aae428007f36ccc73693afd93b900f963f29ce2725b14455a05b54aeb17462b56ee45fe93eaa45c531097f8dad58e95a1138e31d018ef025af09e39d20d747b82c8da76a2b291b6e808eb2cbd3243da1533623ae29fb2a8b89803df7efa78184393ec02976ad2c9d2c45a4157961daf395da1d6b399d03a875540a15549dff7b7620086db42a99186255c8ff6ba136854b983d304d9b252264cfcf916952b110ef3f2aa59653a0fac59a931b20906551c1aeaeb3989024c9b1720aa2d9f4cc42d862dea45327d1c047101446667f97bbce7280d0ebd99191b1b3b97bd296444400096cfb0d2016b4b1877bc1e9c809d9db66fe7f305b9ca09b6252d6fd2f2cc0da644d5188bba7627b9c87c3aa0d77b23b2a0da9e482556dbf278cdc61f58d685a', 'Name, with a comma', 'en', 'FR', false, '00dd3bff880a17f5e6e3b5550c7f61e80010b02eeae9df67b1e054c34dd0ec15', '2026-11-28');
INSERT INTO public.signature VALUES ('\xa35bdac405e654f80e76178530abdf30', '\xf4b9dc4568c163caa8607e8b14b6f78f504d15cc758b1088f20e1d60de063cec', '\xa19393769a073aaf061d993c39d2489bc76cc3dce966675d446762ffd24d3e85', '\x0169ffabdfae5259d2c2e527702f1ed1e1cb0e4099ec0be025eaf8bf37f60b48015384c041912c1a0954e93d49e795e8b9300023c5be1706083d8678d9a4c9158c6d2ab32f639cbe79e507f0e1fab6413a3f3b437f8c19e8fea8e3e5898cb08eaf1eda98ecac6a59cdb88244d2a081346c056fda6b27c203c0c386b2be05a5f296c0d41c12282c5ba9ca4068680ccbb2ddb5d173ba86ff4a3fe4c17fdc0064ee8ad695264a2fbe464300bb879177ef48d95746ced283025b67a36606e07f71ee7174ec636b78be75a2e3c25188216b8f6d272cb73796bd08641ae283266b790f0bc2bfeca008b74f474cd78a071010ae76b3d0a8d2a7e9a53c0a2e8918c77ff008d7aeb713fd0a040ef3557d526f26cd57bbc6c1c48398aa5522f1b8acdd2e87f9bdab29ded4fd7a9d2dde1377d991b1931764f60155dc59e8952ec5b8312769404b97059dc73ca04456907011b1717c2fb705bc2ffef49d6999fc2a61eb63e766761a91b208cbb17dabed0919110c9247ae83b12518512df47d08cc0dc9880bd96cae90f0f36f6af112613f838128751a9fa443cee95c270da12b4fe2e35e50d9981d3ec2d6154f76c1f712f14d986b7400a84f9efa598fb754462646880528ee355068ded8641cd67b711d080ddbfa2b17d54bab331fced79331b2667aa0d8d32d28acf3f72a2b5abcc5ec04ab9345b0c57be8481e79450c19ccd74c5ce80e9788d06a5c1f461efb8d88162a4787436682c833b8bf4b511c538bda9a1c38f35572ac84c449108d133931291329457ba5a8c3b36a8d37bb12', 'Adel', 'en', NULL, false, '00dd3bff880a17f5e6e3b5550c7f61e80010b02eeae9df67b1e054c34dd0ec15', '2026-11-28');
INSERT INTO public.submission VALUES ('\x8fe57f603d74265b7f7e8938291cf094', '\x8f37bd2e98f495406af4e5f19b59061115d897f382e6275ebc39212a47fcbe79', '\x42aa9aa0e59b3bdb3c26af035eb407a79769c462627150fbbd94fe9eaa8f192f', '\x3a934604cc9738b1ed71a74135f1c8c2b6c04057fb620f3b2d09764722cf5729', '\x0169ffabdfae5259d2a61c218eb4d0bafc54b7495a3c04f1ee01180750fe9b376d95118c7649458a42fcf8279da6364863abff6f038e08b9d1d34aed3517bc8e1a31550d61336c0f7e24dc1e8869abef54aacf98d82fcbb30bf9b881a8e14c89bf8a4a643a8195494ad2ddb3ba731ead76529dba9e122dbfecbcd8ab07490605ade33a519a6d726282c45c8fca901594d28e91abba98d3643a047829609270c0831e77d465671d8903dcf71a17e2fab90c7fa872a7ed361a3d6bea931ba212549bccd0662dac8bad611fe362ef6494e2f31aec7fd3ef8fc69bf5767b36e3b8d05fafa94ef04e9fdd45874a56407ba95cdf0c9f0a780d60e624b3c42e0bfe7832ad77893dcbd099b45142430b3a3c29dfdc4ac7550df2263b76d74dd967c5f710c088a250346b17cb33b5990712e691fac3b6804a87006729140629e6d1f40130ea240b4339afb3c29ee2506e866164bfe473c5d695a91e6cb307f19a1daa392f1a2ceada3ee99384174019609ccd5eae72459c8f9b3c3097932203ce4df1f9efe3526aed9b50f0db6665dffec1390afbd218aabfc93723993ee6325195cb66b866d56d6312dac1fd076c794a90db7797efcb8a7e83667d8b403fbb73afcd04c8b7b79e179bf6b0d98be98bd2bc02393b0483a7c64eed3d7dc20550f1ad74e6c15e38d22592bb95fbbcd2b4b6c341243e2bf15dddeb26edbb3f12c2b95ef9abc413b78a6fbc6a47fe2d3c7fd7f5b3565d36cd15888b5aa1299d85e598bea30182ae6f2521743cceb9a8b86d8fe56353c5e015845e3ea963fff6', '\x37fefc2e217c8e1548bb4b01422ca453bc386658a7c005046589edef7abc548ac3d54aa726723969ed4bb1b7972cc181b0511082b6a441d25ab25480ca9dbec43740c57b9e414433b179659107fff0e32e80d23e482d3a9992538c5ae14884b98602b97f8a0cc67d3f847482bc47d053f2642bb31787b35ffa83319f69f632688fdaa19398606317c926ac9bf4d2ddfe48c95ae4dd1d4d2ab9751d1cb622fd006a41b87b7219672ed07d39a814dbcaae72db77ad09ede7775e79cab1c79f605621ebe081d0523e1006b6af1d5b2bc527f7631626085f4c2c32d12b6da981305b8384b2987a988f86e62b7ea2d3603e97d85fcfcfa757a5f3b17275870115a41e61f5a61a7994743c1e417aaf5cce1ddb8877b5db664c908a5f73ee0a6d8855ade9b0c39d22e3582c60ef4c18b9f987652de8e21aa1b7513f5ea14c41882b29e7da8922258a23176ab2a34351fbc2765de1053ca7bd9a00e9929b351ce3eb8c1b3ab8c39b6f1a684c72008ded087d770553094904a1b94491cccb5eab8a92656992804e6ab5f204ffed84743652718a68e62f14ab92c7c3095625c376bf5a45771b9b9474bde8cc56707fd8be93c3ae9c0e7e90060420913baf64b3f153303284ffb7f8b14ce7ea2d0458abe43c34c081b85d7aba8aa20ddeae338629ec18be086fbee9c66076d86e888523823283da37108851e5b894a820cb9983952c399ebded1f473bce1588dee21c55c8749ba0e38c97959b320f3af7c6e489de5767e57f862b67ae0251a76e', 'en', 'SY', false, '00dd3bff880a17f5e6e3b5550c7f61e80010b02eeae9df67b1e054c34dd0ec15', '2026-11-28 17:33:03.819487+00');
INSERT INTO public.submission VALUES ('\x6728e612c02b317e987fe1a27c0d509f', '\x13a74a5da3f874e9f8842b3d9c6a808e4242b2b61f8248a5d2f231d0061681a0', '\xad43ac8386070a373b4ff9ebf8dbee80d2abf62e0dee2d990ac9d1790ded0931', '\x7b5464c0232bd14931cf3435ba3e0a269da3778e4588e2509572f54ce85d3f0a', '\x0169ffabdfae5259d2533051e0c961395ee2be2dfc83e36d558d0a1ad1430a8b9e5b30871aba2052429c5443775fa590655e97b5aa2bdb35cd2c528f0c3b2d9c83b5f89bf01239143216b540a6cdead1f31a8a46e93e13fc1a86daeb9b792fb4be19f022fb72cdc166454fbdd041ebda9ffa737bedf095be8b9010623b41af4e5b5dde281398d81a2083647d30c930b5ea2c5a0a41a3f6c06a24b3b5473f84a7029095a2673d0ef97d55d618a84c3076dfcfb58e3e64e0225c581b2eb8bd0ed435a1fa02ec6d5402b71c3b98093bf2e2db063e089b21e31e7f8c908837156868f02b944ca58c4e387effdc39216e1a9be667efdb51e111c043af706f7dbd348b53651334531dba40e4fcb9c6f0d7cf48c968539ba0e61b79623b25887b692799211081edc855c81f66351f5aea799e903c4ac87df02358d9fd72fcfb29f8b64bc9f84cd54f3acc5bfb928805820a41348ba4a22884295a379da4b419410117661006d70e85dc0e5c0742f171e4c9dc156bdaec6a5ad96685891cead1a1b42fbae0031c1e3562318ef1cce88867de9267e0d5b3ffb0e92019929550f713e6a7d85cc9b10880627b3bf9d9aacffed5cd0d9cda34a1cabce602dcd2db9fd9a4848c199a5408d58072b872a6a02e40aa98f4b015a8860903aab670e5b5d5597d867ab701712dedc77094b72b7488e87433d3e7b58dd422afb765965fc03d6481fe32a89a67eb2c177307f9f14416bd1c1a7f06602fcd4b69f8e1859336d7a6781563fea56271240fa50e85904ccedeb9857bf7ab4c73c7f34547fd', '\x6bf15dd1616b7d2fb44a0f41e08f960812a046edb06c98d40a24b5b5f0a37f72cba83e7f3f0693a4171457e75927ed1c505031e80e0f9f20b51482744e80a49000cc642e1b866d293043ae998181ed5fa1cea8ac13ac997c0770d75a59f12ccd9ce9d1c733194f06b38fb29152c8e81dbf3e89eb5b1fa32229ac1a73cff2ef405c5062a46fd9e959dd17b6f097bf1e42eb80eaa4badc70651781215bd58bb04b1e54bf0099f9dfabacb9c182ac1ed5bdea3cbb95421daed671f9e49dace1cab0458de562b5db5ef1c0199fe3feb9a105238acda4bfabf91faeee483e9e5f0dc5285cbc7bc027e1f2b4719e928a7dc30bf89c1d86ba69d479d543aa899f5f6d6b9e24de15dced02dc6272f874ed580acb0df4a4ebb670008b0cc8fe89fd9abae895280fb55c424a61965e6442d4842af2511ac79e296387362ff5bf80d51a2ac98e9264bb1a4d39b3da6673614f040cc9eb2346a76875165ff0b2a44a087a589d5c556c9fe8d6bd5fe8681c1cbae67953cbca49410d20d2a95db306f8edaee3e894925f323aa71abde4c47af9984ef306bf5f06a74d534aa324412baf16c10e15a75bcb1cebbede15cd6f39f2a003b679ef5fd1a591e626fb8698d099f6bdb7fa4b29b80bffa6559d3ffedd20381755ee05f15a50691d699d5e528c5685a5011a876b7fca22e5dc6de06fd7e87a507da392c0cf9c528369a29cf46026695a6dac465e0062a079c313c8c7500e9d2ce56651b12c864817f43b851c3e32ec9027725c5df612dee7f4b1', 'ar', NULL, false, 'f8bf3482e9c62ff2d9590aaf893ab19dc2d81a0f40d53b844e390e011eb147cc', '2026-11-28 17:33:35.046376+00');
INSERT INTO public.tally VALUES ('2026-11-28', 'withdrawn', 1);
INSERT INTO public.tally VALUES ('2026-11-28', 'duplicate', 1);
SELECT pg_catalog.setval('public.account_id_seq', 3, true);
SELECT pg_catalog.setval('public.desk_id_seq', 1, false);
SELECT pg_catalog.setval('public.login_id_seq', 2, true);
SELECT pg_catalog.setval('public.publication_id_seq', 1, false);
SELECT pg_catalog.setval('public.relay_id_seq', 1, false);
SELECT pg_catalog.setval('public.removal_id_seq', 2, true);
SELECT pg_catalog.setval('public.request_id_seq', 3, true);
SELECT pg_catalog.setval('public.wave_id_seq', 1, false);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.account
    ADD CONSTRAINT pk_account PRIMARY KEY (id);
ALTER TABLE ONLY public.arrival
    ADD CONSTRAINT pk_arrival PRIMARY KEY (signature_id);
ALTER TABLE ONLY public.audit_line
    ADD CONSTRAINT pk_audit_line PRIMARY KEY (number);
ALTER TABLE ONLY public.day_count
    ADD CONSTRAINT pk_day_count PRIMARY KEY (day, country, language);
ALTER TABLE ONLY public.desk
    ADD CONSTRAINT pk_desk PRIMARY KEY (id);
ALTER TABLE ONLY public.export
    ADD CONSTRAINT pk_export PRIMARY KEY (id);
ALTER TABLE ONLY public.guesses
    ADD CONSTRAINT pk_guesses PRIMARY KEY (account_id, day, device);
ALTER TABLE ONLY public.key_mark
    ADD CONSTRAINT pk_key_mark PRIMARY KEY (name);
ALTER TABLE ONLY public.known_device
    ADD CONSTRAINT pk_known_device PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.letter
    ADD CONSTRAINT pk_letter PRIMARY KEY (id);
ALTER TABLE ONLY public.login
    ADD CONSTRAINT pk_login PRIMARY KEY (id);
ALTER TABLE ONLY public.name_word
    ADD CONSTRAINT pk_name_word PRIMARY KEY (word, signature_id);
ALTER TABLE ONLY public.provider_day
    ADD CONSTRAINT pk_provider_day PRIMARY KEY (day, provider);
ALTER TABLE ONLY public.publication
    ADD CONSTRAINT pk_publication PRIMARY KEY (id);
ALTER TABLE ONLY public.recovery_code
    ADD CONSTRAINT pk_recovery_code PRIMARY KEY (account_id, code_hash);
ALTER TABLE ONLY public.relay
    ADD CONSTRAINT pk_relay PRIMARY KEY (id);
ALTER TABLE ONLY public.removal
    ADD CONSTRAINT pk_removal PRIMARY KEY (id);
ALTER TABLE ONLY public.removed
    ADD CONSTRAINT pk_removed PRIMARY KEY (id);
ALTER TABLE ONLY public.removed_review
    ADD CONSTRAINT pk_removed_review PRIMARY KEY (signature_id);
ALTER TABLE ONLY public.request
    ADD CONSTRAINT pk_request PRIMARY KEY (id);
ALTER TABLE ONLY public.review
    ADD CONSTRAINT pk_review PRIMARY KEY (signature_id);
ALTER TABLE ONLY public.seal_key
    ADD CONSTRAINT pk_seal_key PRIMARY KEY (number);
ALTER TABLE ONLY public.signature
    ADD CONSTRAINT pk_signature PRIMARY KEY (id);
ALTER TABLE ONLY public.submission
    ADD CONSTRAINT pk_submission PRIMARY KEY (id);
ALTER TABLE ONLY public.tally
    ADD CONSTRAINT pk_tally PRIMARY KEY (day, reason);
ALTER TABLE ONLY public.wave
    ADD CONSTRAINT pk_wave PRIMARY KEY (id);
ALTER TABLE ONLY public.wave_member
    ADD CONSTRAINT pk_wave_member PRIMARY KEY (wave_id, signature_id);
ALTER TABLE ONLY public.account
    ADD CONSTRAINT uq_account_email UNIQUE (email);
ALTER TABLE ONLY public.account
    ADD CONSTRAINT uq_account_link_hash UNIQUE (link_hash);
ALTER TABLE ONLY public.login
    ADD CONSTRAINT uq_login_token_hash UNIQUE (token_hash);
ALTER TABLE ONLY public.removed
    ADD CONSTRAINT uq_removed_token_hash UNIQUE (token_hash);
ALTER TABLE ONLY public.seal_key
    ADD CONSTRAINT uq_seal_key_public UNIQUE (public);
ALTER TABLE ONLY public.signature
    ADD CONSTRAINT uq_signature_tag UNIQUE (tag);
ALTER TABLE ONLY public.signature
    ADD CONSTRAINT uq_signature_token_hash UNIQUE (token_hash);
ALTER TABLE ONLY public.submission
    ADD CONSTRAINT uq_submission_token_hash UNIQUE (token_hash);
CREATE INDEX ix_export_account_id ON public.export USING btree (account_id);
CREATE INDEX ix_export_asked_at ON public.export USING btree (asked_at);
CREATE INDEX ix_known_device_account_id ON public.known_device USING btree (account_id);
CREATE INDEX ix_letter_due_at ON public.letter USING btree (due_at);
CREATE INDEX ix_login_account_id ON public.login USING btree (account_id);
CREATE INDEX ix_name_word_signature_id_word ON public.name_word USING btree (signature_id, word);
CREATE INDEX ix_removal_done_at ON public.removal USING btree (done_at);
CREATE INDEX ix_removed_confirmed_on_id ON public.removed USING btree (confirmed_on, id);
CREATE INDEX ix_removed_removal_id ON public.removed USING btree (removal_id);
CREATE INDEX ix_removed_tag ON public.removed USING btree (tag);
CREATE INDEX ix_request_decided_at ON public.request USING btree (decided_at);
CREATE INDEX ix_review_waiting ON public.review USING btree (refused_on, day, signature_id);
CREATE INDEX ix_signature_confirmed_on_id ON public.signature USING btree (confirmed_on, id);
CREATE INDEX ix_signature_counted ON public.signature USING btree (confirmed_on, country, language);
CREATE INDEX ix_signature_country_confirmed_on_id_language ON public.signature USING btree (country, confirmed_on, id, language);
CREATE INDEX ix_signature_language_confirmed_on_id_country ON public.signature USING btree (language, confirmed_on, id, country);
CREATE INDEX ix_signature_shown ON public.signature USING btree (confirmed_on, id) WHERE (shown_as IS NOT NULL);
CREATE INDEX ix_submission_tag ON public.submission USING btree (tag);
CREATE INDEX ix_wave_member_signature_id ON public.wave_member USING btree (signature_id);
ALTER TABLE ONLY public.arrival
    ADD CONSTRAINT fk_arrival_signature_id FOREIGN KEY (signature_id) REFERENCES public.signature(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.export
    ADD CONSTRAINT fk_export_account_id FOREIGN KEY (account_id) REFERENCES public.account(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.known_device
    ADD CONSTRAINT fk_known_device_account_id FOREIGN KEY (account_id) REFERENCES public.account(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.login
    ADD CONSTRAINT fk_login_account_id FOREIGN KEY (account_id) REFERENCES public.account(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.name_word
    ADD CONSTRAINT fk_name_word_signature_id FOREIGN KEY (signature_id) REFERENCES public.signature(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.recovery_code
    ADD CONSTRAINT fk_recovery_code_account_id FOREIGN KEY (account_id) REFERENCES public.account(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.removed
    ADD CONSTRAINT fk_removed_removal_id FOREIGN KEY (removal_id) REFERENCES public.removal(id);
ALTER TABLE ONLY public.removed_review
    ADD CONSTRAINT fk_removed_review_signature_id FOREIGN KEY (signature_id) REFERENCES public.removed(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.review
    ADD CONSTRAINT fk_review_signature_id FOREIGN KEY (signature_id) REFERENCES public.signature(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.submission
    ADD CONSTRAINT fk_submission_id FOREIGN KEY (id) REFERENCES public.letter(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.wave_member
    ADD CONSTRAINT fk_wave_member_signature_id FOREIGN KEY (signature_id) REFERENCES public.signature(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.wave_member
    ADD CONSTRAINT fk_wave_member_wave_id FOREIGN KEY (wave_id) REFERENCES public.wave(id) ON DELETE CASCADE;
