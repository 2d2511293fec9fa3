-- The serving role may write history and never rewrite it. Run as the owner of the database, again after each migrate:
--
--     psql -v ON_ERROR_STOP=1 -d uplift -f deploy/roles.sql          (or -v app=another_role)
--
-- An administrator of the server has made both roles and the database before:
--
--     CREATE ROLE uplift_owner LOGIN PASSWORD '...';   -- migrates, backs up, restores
--     CREATE ROLE uplift_app LOGIN PASSWORD '...';     -- web and workers
--     CREATE DATABASE uplift OWNER uplift_owner;
--
-- tests/config/test_roles.py runs this file and does the main job as the serving role.

\if :{?app} \else \set app uplift_app \endif

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"app";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"app";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :"app";
-- Until this file runs again, tables of the next migrations are written and read; history is not rewritten by default.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"app";
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO :"app";

-- Who did what, what was charged, what was accepted, what a provider reported: only ever added to.
REVOKE UPDATE, DELETE, TRUNCATE ON plans_activity, plans_charge, plans_termsacceptance FROM :"app";
-- An attempt at a letter is written when it begins and gets its outcome once; a report may find its letter later.
REVOKE UPDATE, DELETE, TRUNCATE ON notifications_notificationattempt, notifications_deliveryevent FROM :"app";
GRANT UPDATE (outcome, answer, finished_at) ON notifications_notificationattempt TO :"app";
GRANT UPDATE (notification_id) ON notifications_deliveryevent TO :"app";
-- Orders, subscriptions, letters and accounts change state and are never removed.
REVOKE DELETE, TRUNCATE ON plans_order, plans_subscription, plans_account, plans_operator, plans_termsversion,
    notifications_notification FROM :"app";
-- Which migrations were applied is the owner's business.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON django_migrations FROM :"app";
