-- The tables of a small host and of the talent pool as version 7cf5818 made them on postgresql.
-- Written once by `python -m tests.migrations.freeze` from SQLAlchemy's CREATE TABLE and CREATE INDEX.
-- It never changes: hosts have databases like this one. A later version adds a folder of its own beside this.

CREATE TABLE candidate (
	id SERIAL NOT NULL,
	full_name VARCHAR(100),
	email VARCHAR(200),
	PRIMARY KEY (id)
);

CREATE TABLE talentpool_audit (
	id BIGSERIAL NOT NULL,
	scope VARCHAR(80) NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	actor VARCHAR(160) NOT NULL,
	action VARCHAR(60) NOT NULL,
	subject VARCHAR(24) NOT NULL,
	subject_id BIGINT NOT NULL,
	detail VARCHAR(300) NOT NULL,
	CONSTRAINT talentpool_audit_pk PRIMARY KEY (id)
);

CREATE INDEX talentpool_audit_subject_ix ON talentpool_audit (subject, subject_id);

CREATE TABLE talentpool_bulks (
	id BIGSERIAL NOT NULL,
	scope VARCHAR(80) NOT NULL,
	token VARCHAR(64) NOT NULL,
	act VARCHAR(24) NOT NULL,
	label VARCHAR(300) NOT NULL,
	state VARCHAR(24) NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	by VARCHAR(160) NOT NULL,
	by_name VARCHAR(160) NOT NULL,
	choices TEXT NOT NULL,
	total INTEGER NOT NULL,
	confirmed_at TIMESTAMP WITH TIME ZONE,
	finished_at TIMESTAMP WITH TIME ZONE,
	claimed_by VARCHAR(80) NOT NULL,
	lease_until TIMESTAMP WITH TIME ZONE,
	CONSTRAINT talentpool_bulks_pk PRIMARY KEY (id),
	CONSTRAINT talentpool_bulks_token_uq UNIQUE (token)
);

CREATE INDEX talentpool_bulks_by_ix ON talentpool_bulks (by, created_at);

CREATE INDEX talentpool_bulks_state_ix ON talentpool_bulks (state);

CREATE TABLE talentpool_marks (
	key VARCHAR(120) NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	value TEXT NOT NULL,
	CONSTRAINT talentpool_marks_pk PRIMARY KEY (key)
);

CREATE TABLE talentpool_people (
	id BIGSERIAL NOT NULL,
	scope VARCHAR(80) NOT NULL,
	person_key VARCHAR(320) NOT NULL,
	name VARCHAR(400) NOT NULL,
	email VARCHAR(320) NOT NULL,
	objected_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT talentpool_people_pk PRIMARY KEY (id),
	CONSTRAINT talentpool_people_key_uq UNIQUE (scope, person_key)
);

CREATE INDEX talentpool_people_name_ix ON talentpool_people (scope, name);

CREATE TABLE talentpool_pools (
	id BIGSERIAL NOT NULL,
	scope VARCHAR(80) NOT NULL,
	key VARCHAR(80) NOT NULL,
	name VARCHAR(120) NOT NULL,
	description TEXT NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	archived_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT talentpool_pools_pk PRIMARY KEY (id),
	CONSTRAINT talentpool_pools_key_uq UNIQUE (scope, key)
);

CREATE TABLE talentpool_suppressions (
	id BIGSERIAL NOT NULL,
	scope VARCHAR(80) NOT NULL,
	kind VARCHAR(24) NOT NULL,
	hash VARCHAR(64) NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT talentpool_suppressions_pk PRIMARY KEY (id),
	CONSTRAINT talentpool_suppressions_uq UNIQUE (scope, kind, hash)
);

CREATE TABLE talentpool_tags (
	id BIGSERIAL NOT NULL,
	scope VARCHAR(80) NOT NULL,
	key VARCHAR(80) NOT NULL,
	name VARCHAR(80) NOT NULL,
	CONSTRAINT talentpool_tags_pk PRIMARY KEY (id),
	CONSTRAINT talentpool_tags_key_uq UNIQUE (scope, key)
);

CREATE TABLE talentpool_templates (
	id BIGSERIAL NOT NULL,
	scope VARCHAR(80) NOT NULL,
	language VARCHAR(16) NOT NULL,
	name VARCHAR(120) NOT NULL,
	version INTEGER NOT NULL,
	source TEXT NOT NULL,
	note VARCHAR(300) NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	by VARCHAR(160) NOT NULL,
	by_name VARCHAR(160) NOT NULL,
	CONSTRAINT talentpool_templates_pk PRIMARY KEY (id),
	CONSTRAINT talentpool_templates_version_uq UNIQUE (scope, language, name, version)
);

CREATE TABLE "user" (
	id SERIAL NOT NULL,
	name VARCHAR(80),
	email VARCHAR(80),
	role VARCHAR(20),
	scope VARCHAR(20),
	PRIMARY KEY (id)
);

CREATE TABLE job (
	id SERIAL NOT NULL,
	title VARCHAR(100),
	owner_id INTEGER,
	PRIMARY KEY (id),
	FOREIGN KEY(owner_id) REFERENCES "user" (id)
);

CREATE TABLE talentpool_candidate_links (
	id BIGSERIAL NOT NULL,
	scope VARCHAR(80) NOT NULL,
	candidate_key VARCHAR(80) NOT NULL,
	name_hash VARCHAR(64) NOT NULL,
	email_hash VARCHAR(64) NOT NULL,
	suspended_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	person_id BIGINT NOT NULL,
	candidate_id INTEGER,
	CONSTRAINT talentpool_candidate_links_pk PRIMARY KEY (id),
	CONSTRAINT talentpool_candidate_links_row_uq UNIQUE (scope, candidate_key),
	CONSTRAINT talentpool_candidate_links_person_fk FOREIGN KEY(person_id) REFERENCES talentpool_people (id) ON DELETE CASCADE,
	CONSTRAINT talentpool_candidate_links_candidate_fk FOREIGN KEY(candidate_id) REFERENCES candidate (id) ON DELETE CASCADE
);

CREATE INDEX talentpool_candidate_links_candidate_ix ON talentpool_candidate_links (candidate_id);

CREATE INDEX talentpool_candidate_links_person_ix ON talentpool_candidate_links (person_id);

CREATE TABLE talentpool_person_tags (
	id BIGSERIAL NOT NULL,
	added_by VARCHAR(160) NOT NULL,
	added_at TIMESTAMP WITH TIME ZONE NOT NULL,
	person_id BIGINT NOT NULL,
	tag_id BIGINT NOT NULL,
	CONSTRAINT talentpool_person_tags_pk PRIMARY KEY (id),
	CONSTRAINT talentpool_person_tags_uq UNIQUE (person_id, tag_id),
	CONSTRAINT talentpool_person_tags_person_fk FOREIGN KEY(person_id) REFERENCES talentpool_people (id) ON DELETE CASCADE,
	CONSTRAINT talentpool_person_tags_tag_fk FOREIGN KEY(tag_id) REFERENCES talentpool_tags (id) ON DELETE CASCADE
);

CREATE INDEX talentpool_person_tags_tag_ix ON talentpool_person_tags (tag_id);

CREATE TABLE application (
	id SERIAL NOT NULL,
	status VARCHAR(20),
	stage VARCHAR(20),
	note VARCHAR(100),
	scope VARCHAR(20),
	candidate_id INTEGER,
	job_id INTEGER,
	PRIMARY KEY (id),
	FOREIGN KEY(candidate_id) REFERENCES candidate (id),
	FOREIGN KEY(job_id) REFERENCES job (id)
);

CREATE TABLE talentpool_decisions (
	id BIGSERIAL NOT NULL,
	scope VARCHAR(80) NOT NULL,
	application_key VARCHAR(80) NOT NULL,
	candidate_key VARCHAR(80) NOT NULL,
	job_key VARCHAR(80) NOT NULL,
	job_label VARCHAR(300) NOT NULL,
	live_for VARCHAR(80),
	quiet_for VARCHAR(80),
	outcome VARCHAR(24) NOT NULL,
	state VARCHAR(24) NOT NULL,
	never_pool BOOLEAN NOT NULL,
	stage_reached VARCHAR(24) NOT NULL,
	finish INTEGER,
	finish_of INTEGER,
	stage_by VARCHAR(160) NOT NULL,
	reason VARCHAR(300) NOT NULL,
	reason_code VARCHAR(40) NOT NULL,
	reason_detail VARCHAR(300) NOT NULL,
	door VARCHAR(24) NOT NULL,
	door_by VARCHAR(160) NOT NULL,
	door_by_name VARCHAR(160) NOT NULL,
	line VARCHAR(600) NOT NULL,
	line_by VARCHAR(160) NOT NULL,
	line_by_name VARCHAR(160) NOT NULL,
	line_at TIMESTAMP WITH TIME ZONE,
	feedback TEXT NOT NULL,
	feedback_by VARCHAR(160) NOT NULL,
	feedback_by_name VARCHAR(160) NOT NULL,
	feedback_read_by VARCHAR(160) NOT NULL,
	note TEXT NOT NULL,
	note_by VARCHAR(160) NOT NULL,
	note_by_name VARCHAR(160) NOT NULL,
	needs_review VARCHAR(40) NOT NULL,
	owner_key VARCHAR(160) NOT NULL,
	owner_name VARCHAR(160) NOT NULL,
	applied_at TIMESTAMP WITH TIME ZONE,
	interviewed_at TIMESTAMP WITH TIME ZONE,
	decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
	noticed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	completed_at TIMESTAMP WITH TIME ZONE,
	told_at TIMESTAMP WITH TIME ZONE,
	told_by VARCHAR(24) NOT NULL,
	ended_at TIMESTAMP WITH TIME ZONE,
	ended_by VARCHAR(160) NOT NULL,
	ended_why VARCHAR(600) NOT NULL,
	person_id BIGINT,
	application_id INTEGER,
	job_id INTEGER,
	CONSTRAINT talentpool_decisions_pk PRIMARY KEY (id),
	CONSTRAINT talentpool_decisions_live_uq UNIQUE (live_for),
	CONSTRAINT talentpool_decisions_quiet_uq UNIQUE (quiet_for),
	CONSTRAINT talentpool_decisions_person_fk FOREIGN KEY(person_id) REFERENCES talentpool_people (id) ON DELETE SET NULL,
	CONSTRAINT talentpool_decisions_application_fk FOREIGN KEY(application_id) REFERENCES application (id) ON DELETE SET NULL,
	CONSTRAINT talentpool_decisions_job_fk FOREIGN KEY(job_id) REFERENCES job (id) ON DELETE SET NULL
);

CREATE INDEX talentpool_decisions_application_ix ON talentpool_decisions (application_id);

CREATE INDEX talentpool_decisions_application_key_ix ON talentpool_decisions (application_key);

CREATE INDEX talentpool_decisions_job_ix ON talentpool_decisions (scope, job_key, outcome);

CREATE INDEX talentpool_decisions_owner_ix ON talentpool_decisions (owner_key);

CREATE INDEX talentpool_decisions_person_ix ON talentpool_decisions (person_id);

CREATE INDEX talentpool_decisions_state_ix ON talentpool_decisions (state, outcome, told_at);

CREATE TABLE talentpool_clocks (
	id BIGSERIAL NOT NULL,
	scope VARCHAR(80) NOT NULL,
	application_key VARCHAR(80) NOT NULL,
	candidate_key VARCHAR(80) NOT NULL,
	job_key VARCHAR(80) NOT NULL,
	job_label VARCHAR(300) NOT NULL,
	name VARCHAR(400) NOT NULL,
	stage_reached VARCHAR(24) NOT NULL,
	owner_key VARCHAR(160) NOT NULL,
	owner_name VARCHAR(160) NOT NULL,
	interviewed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	is_guessed BOOLEAN NOT NULL,
	from_before BOOLEAN NOT NULL,
	target_at TIMESTAMP WITH TIME ZONE NOT NULL,
	limit_at TIMESTAMP WITH TIME ZONE NOT NULL,
	answered_at TIMESTAMP WITH TIME ZONE,
	answered_by VARCHAR(24) NOT NULL,
	escalated_at TIMESTAMP WITH TIME ZONE,
	progress INTEGER NOT NULL,
	next_by TIMESTAMP WITH TIME ZONE,
	person_id BIGINT,
	decision_id BIGINT,
	application_id INTEGER,
	CONSTRAINT talentpool_clocks_pk PRIMARY KEY (id),
	CONSTRAINT talentpool_clocks_application_uq UNIQUE (application_key),
	CONSTRAINT talentpool_clocks_person_fk FOREIGN KEY(person_id) REFERENCES talentpool_people (id) ON DELETE SET NULL,
	CONSTRAINT talentpool_clocks_decision_fk FOREIGN KEY(decision_id) REFERENCES talentpool_decisions (id) ON DELETE SET NULL,
	CONSTRAINT talentpool_clocks_application_fk FOREIGN KEY(application_id) REFERENCES application (id) ON DELETE SET NULL
);

CREATE INDEX talentpool_clocks_job_ix ON talentpool_clocks (scope, job_key);

CREATE INDEX talentpool_clocks_owner_ix ON talentpool_clocks (owner_key);

CREATE INDEX talentpool_clocks_person_ix ON talentpool_clocks (person_id);

CREATE INDEX talentpool_clocks_waiting_ix ON talentpool_clocks (answered_at, target_at);

CREATE TABLE talentpool_members (
	id BIGSERIAL NOT NULL,
	scope VARCHAR(80) NOT NULL,
	state VARCHAR(24) NOT NULL,
	source VARCHAR(24) NOT NULL,
	reason VARCHAR(400) NOT NULL,
	added_by VARCHAR(160) NOT NULL,
	added_by_name VARCHAR(160) NOT NULL,
	added_at TIMESTAMP WITH TIME ZONE NOT NULL,
	until TIMESTAMP WITH TIME ZONE,
	ended_at TIMESTAMP WITH TIME ZONE,
	ended_because VARCHAR(200) NOT NULL,
	pool_id BIGINT NOT NULL,
	person_id BIGINT NOT NULL,
	decision_id BIGINT,
	CONSTRAINT talentpool_members_pk PRIMARY KEY (id),
	CONSTRAINT talentpool_members_place_uq UNIQUE (pool_id, person_id),
	CONSTRAINT talentpool_members_pool_fk FOREIGN KEY(pool_id) REFERENCES talentpool_pools (id) ON DELETE CASCADE,
	CONSTRAINT talentpool_members_person_fk FOREIGN KEY(person_id) REFERENCES talentpool_people (id) ON DELETE CASCADE,
	CONSTRAINT talentpool_members_decision_fk FOREIGN KEY(decision_id) REFERENCES talentpool_decisions (id) ON DELETE SET NULL
);

CREATE INDEX talentpool_members_person_ix ON talentpool_members (person_id);

CREATE INDEX talentpool_members_state_ix ON talentpool_members (pool_id, state);

CREATE TABLE talentpool_recalls (
	id BIGSERIAL NOT NULL,
	scope VARCHAR(80) NOT NULL,
	state VARCHAR(24) NOT NULL,
	live_for VARCHAR(200),
	job_key VARCHAR(80) NOT NULL,
	job_label VARCHAR(300) NOT NULL,
	candidate_key VARCHAR(80) NOT NULL,
	basis VARCHAR(24) NOT NULL,
	invited_by VARCHAR(160) NOT NULL,
	invited_by_name VARCHAR(160) NOT NULL,
	line VARCHAR(600) NOT NULL,
	invited_at TIMESTAMP WITH TIME ZONE NOT NULL,
	answer_by TIMESTAMP WITH TIME ZONE NOT NULL,
	answered_at TIMESTAMP WITH TIME ZONE,
	attention VARCHAR(300) NOT NULL,
	application_key VARCHAR(80) NOT NULL,
	person_id BIGINT,
	decision_id BIGINT,
	candidate_id INTEGER,
	job_id INTEGER,
	application_id INTEGER,
	CONSTRAINT talentpool_recalls_pk PRIMARY KEY (id),
	CONSTRAINT talentpool_recalls_live_uq UNIQUE (live_for),
	CONSTRAINT talentpool_recalls_person_fk FOREIGN KEY(person_id) REFERENCES talentpool_people (id) ON DELETE SET NULL,
	CONSTRAINT talentpool_recalls_decision_fk FOREIGN KEY(decision_id) REFERENCES talentpool_decisions (id) ON DELETE SET NULL,
	CONSTRAINT talentpool_recalls_candidate_fk FOREIGN KEY(candidate_id) REFERENCES candidate (id) ON DELETE SET NULL,
	CONSTRAINT talentpool_recalls_job_fk FOREIGN KEY(job_id) REFERENCES job (id) ON DELETE SET NULL,
	CONSTRAINT talentpool_recalls_application_fk FOREIGN KEY(application_id) REFERENCES application (id) ON DELETE SET NULL
);

CREATE INDEX talentpool_recalls_job_ix ON talentpool_recalls (scope, job_key);

CREATE INDEX talentpool_recalls_person_ix ON talentpool_recalls (person_id);

CREATE TABLE talentpool_consents (
	id BIGSERIAL NOT NULL,
	scope VARCHAR(80) NOT NULL,
	wording TEXT NOT NULL,
	version VARCHAR(40) NOT NULL,
	language VARCHAR(16) NOT NULL,
	channel VARCHAR(24) NOT NULL,
	given_at TIMESTAMP WITH TIME ZONE NOT NULL,
	until TIMESTAMP WITH TIME ZONE NOT NULL,
	withdrawn_at TIMESTAMP WITH TIME ZONE,
	person_id BIGINT NOT NULL,
	member_id BIGINT,
	CONSTRAINT talentpool_consents_pk PRIMARY KEY (id),
	CONSTRAINT talentpool_consents_person_fk FOREIGN KEY(person_id) REFERENCES talentpool_people (id) ON DELETE CASCADE,
	CONSTRAINT talentpool_consents_member_fk FOREIGN KEY(member_id) REFERENCES talentpool_members (id) ON DELETE SET NULL
);

CREATE INDEX talentpool_consents_person_ix ON talentpool_consents (person_id);

CREATE TABLE talentpool_letters (
	id BIGSERIAL NOT NULL,
	scope VARCHAR(80) NOT NULL,
	kind VARCHAR(24) NOT NULL,
	occasion VARCHAR(160) NOT NULL,
	state VARCHAR(24) NOT NULL,
	to_name VARCHAR(400) NOT NULL,
	to_address VARCHAR(320) NOT NULL,
	from_name VARCHAR(200) NOT NULL,
	from_address VARCHAR(320) NOT NULL,
	reply_to VARCHAR(400) NOT NULL,
	subject VARCHAR(400) NOT NULL,
	text TEXT NOT NULL,
	html TEXT NOT NULL,
	language VARCHAR(16) NOT NULL,
	message_id VARCHAR(250) NOT NULL,
	follows VARCHAR(250) NOT NULL,
	text_name VARCHAR(120) NOT NULL,
	text_version VARCHAR(40) NOT NULL,
	because VARCHAR(40) NOT NULL,
	detail VARCHAR(400) NOT NULL,
	held_until TIMESTAMP WITH TIME ZONE,
	due_at TIMESTAMP WITH TIME ZONE NOT NULL,
	composed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	sent_at TIMESTAMP WITH TIME ZONE,
	approved_at TIMESTAMP WITH TIME ZONE,
	approved_by VARCHAR(160) NOT NULL,
	tries INTEGER NOT NULL,
	claimed_by VARCHAR(80) NOT NULL,
	lease_until TIMESTAMP WITH TIME ZONE,
	person_id BIGINT,
	decision_id BIGINT,
	recall_id BIGINT,
	clock_id BIGINT,
	member_id BIGINT,
	CONSTRAINT talentpool_letters_pk PRIMARY KEY (id),
	CONSTRAINT talentpool_letters_occasion_uq UNIQUE (kind, occasion),
	CONSTRAINT talentpool_letters_person_fk FOREIGN KEY(person_id) REFERENCES talentpool_people (id) ON DELETE SET NULL,
	CONSTRAINT talentpool_letters_decision_fk FOREIGN KEY(decision_id) REFERENCES talentpool_decisions (id) ON DELETE SET NULL,
	CONSTRAINT talentpool_letters_recall_fk FOREIGN KEY(recall_id) REFERENCES talentpool_recalls (id) ON DELETE SET NULL,
	CONSTRAINT talentpool_letters_clock_fk FOREIGN KEY(clock_id) REFERENCES talentpool_clocks (id) ON DELETE SET NULL,
	CONSTRAINT talentpool_letters_member_fk FOREIGN KEY(member_id) REFERENCES talentpool_members (id) ON DELETE SET NULL
);

CREATE INDEX talentpool_letters_clock_ix ON talentpool_letters (clock_id);

CREATE INDEX talentpool_letters_decision_ix ON talentpool_letters (decision_id);

CREATE INDEX talentpool_letters_message_ix ON talentpool_letters (message_id);

CREATE INDEX talentpool_letters_person_ix ON talentpool_letters (person_id);

CREATE INDEX talentpool_letters_queue_ix ON talentpool_letters (state, due_at);

CREATE INDEX talentpool_letters_sent_ix ON talentpool_letters (sent_at);

CREATE TABLE talentpool_bulk_items (
	id BIGSERIAL NOT NULL,
	application_key VARCHAR(80) NOT NULL,
	state VARCHAR(24) NOT NULL,
	because VARCHAR(40) NOT NULL,
	detail VARCHAR(400) NOT NULL,
	notice VARCHAR(400) NOT NULL,
	choices TEXT NOT NULL,
	before TEXT NOT NULL,
	bulk_id BIGINT NOT NULL,
	decision_id BIGINT,
	letter_id BIGINT,
	CONSTRAINT talentpool_bulk_items_pk PRIMARY KEY (id),
	CONSTRAINT talentpool_bulk_items_uq UNIQUE (bulk_id, application_key),
	CONSTRAINT talentpool_bulk_items_bulk_fk FOREIGN KEY(bulk_id) REFERENCES talentpool_bulks (id) ON DELETE CASCADE,
	CONSTRAINT talentpool_bulk_items_decision_fk FOREIGN KEY(decision_id) REFERENCES talentpool_decisions (id) ON DELETE SET NULL,
	CONSTRAINT talentpool_bulk_items_letter_fk FOREIGN KEY(letter_id) REFERENCES talentpool_letters (id) ON DELETE SET NULL
);

CREATE INDEX talentpool_bulk_items_decision_ix ON talentpool_bulk_items (decision_id);

CREATE INDEX talentpool_bulk_items_state_ix ON talentpool_bulk_items (bulk_id, state, id);

CREATE TABLE talentpool_incoming (
	id BIGSERIAL NOT NULL,
	scope VARCHAR(80) NOT NULL,
	fingerprint VARCHAR(64) NOT NULL,
	kind VARCHAR(24) NOT NULL,
	received_at TIMESTAMP WITH TIME ZONE NOT NULL,
	from_name VARCHAR(400) NOT NULL,
	from_address VARCHAR(320) NOT NULL,
	subject VARCHAR(400) NOT NULL,
	text TEXT NOT NULL,
	message_id VARCHAR(250) NOT NULL,
	status VARCHAR(40) NOT NULL,
	is_urgent BOOLEAN NOT NULL,
	urgent_because VARCHAR(24) NOT NULL,
	read_at TIMESTAMP WITH TIME ZONE,
	read_by VARCHAR(160) NOT NULL,
	person_id BIGINT,
	letter_id BIGINT,
	CONSTRAINT talentpool_incoming_pk PRIMARY KEY (id),
	CONSTRAINT talentpool_incoming_fingerprint_uq UNIQUE (fingerprint),
	CONSTRAINT talentpool_incoming_person_fk FOREIGN KEY(person_id) REFERENCES talentpool_people (id) ON DELETE SET NULL,
	CONSTRAINT talentpool_incoming_letter_fk FOREIGN KEY(letter_id) REFERENCES talentpool_letters (id) ON DELETE SET NULL
);

CREATE INDEX talentpool_incoming_letter_ix ON talentpool_incoming (letter_id);

CREATE INDEX talentpool_incoming_person_ix ON talentpool_incoming (person_id);

CREATE INDEX talentpool_incoming_unread_ix ON talentpool_incoming (read_at, received_at);

CREATE TABLE talentpool_letter_attempts (
	id BIGSERIAL NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	result VARCHAR(24) NOT NULL,
	reply VARCHAR(400) NOT NULL,
	server VARCHAR(200) NOT NULL,
	letter_id BIGINT NOT NULL,
	CONSTRAINT talentpool_letter_attempts_pk PRIMARY KEY (id),
	CONSTRAINT talentpool_letter_attempts_letter_fk FOREIGN KEY(letter_id) REFERENCES talentpool_letters (id) ON DELETE CASCADE
);

CREATE INDEX talentpool_letter_attempts_letter_ix ON talentpool_letter_attempts (letter_id);

CREATE TABLE talentpool_links (
	id BIGSERIAL NOT NULL,
	scope VARCHAR(80) NOT NULL,
	token_hash VARCHAR(64) NOT NULL,
	purpose VARCHAR(24) NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	revoked_at TIMESTAMP WITH TIME ZONE,
	person_id BIGINT NOT NULL,
	letter_id BIGINT NOT NULL,
	CONSTRAINT talentpool_links_pk PRIMARY KEY (id),
	CONSTRAINT talentpool_links_token_uq UNIQUE (token_hash),
	CONSTRAINT talentpool_links_person_fk FOREIGN KEY(person_id) REFERENCES talentpool_people (id) ON DELETE CASCADE,
	CONSTRAINT talentpool_links_letter_fk FOREIGN KEY(letter_id) REFERENCES talentpool_letters (id) ON DELETE CASCADE
);

CREATE INDEX talentpool_links_letter_ix ON talentpool_links (letter_id);

CREATE INDEX talentpool_links_person_ix ON talentpool_links (person_id);

CREATE TABLE talentpool_touches (
	id BIGSERIAL NOT NULL,
	scope VARCHAR(80) NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	direction VARCHAR(24) NOT NULL,
	channel VARCHAR(24) NOT NULL,
	what VARCHAR(200) NOT NULL,
	by VARCHAR(160) NOT NULL,
	person_id BIGINT NOT NULL,
	letter_id BIGINT,
	CONSTRAINT talentpool_touches_pk PRIMARY KEY (id),
	CONSTRAINT talentpool_touches_person_fk FOREIGN KEY(person_id) REFERENCES talentpool_people (id) ON DELETE CASCADE,
	CONSTRAINT talentpool_touches_letter_fk FOREIGN KEY(letter_id) REFERENCES talentpool_letters (id) ON DELETE SET NULL
);

CREATE INDEX talentpool_touches_person_ix ON talentpool_touches (person_id, at);
