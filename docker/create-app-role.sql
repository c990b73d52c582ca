-- Run once by the postgres image, when its volume is empty: the role that the server runs as. It owns nothing; the
-- migration grants it what it needs.
\getenv password POSTGRES_APP_PASSWORD
CREATE ROLE vostro_app LOGIN PASSWORD :'password';
