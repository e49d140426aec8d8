"""Who does things in the tests: the recruiter, the owner of her jobs, and a colleague who may not know."""

from flask_talentpool.access import Actor

RITA = Actor("User:1", "Rita Recruiter", "rita@host.test")
OMAR = Actor("User:2", "Omar Owner", "omar@host.test")
OTTO = Actor("User:2", "Otto Other", "otto@host.test")
