#!/bin/sh
# Once, on an empty server: the role that owns and migrates, the role that serves, and the database.
set -e
psql -v ON_ERROR_STOP=1 -v owner="$OWNER_PASSWORD" -v app="$APP_PASSWORD" -U "${POSTGRES_USER:-postgres}" <<'SQL'
CREATE ROLE uplift_owner LOGIN CREATEDB PASSWORD :'owner';  -- CREATEDB: bin/restore-drill makes a database beside it
CREATE ROLE uplift_app LOGIN PASSWORD :'app';
CREATE DATABASE uplift OWNER uplift_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT, TEMPORARY ON DATABASE uplift FROM PUBLIC;
GRANT CONNECT ON DATABASE uplift TO uplift_app;
SQL
