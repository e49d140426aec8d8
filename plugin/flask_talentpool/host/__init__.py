"""The existing applicant tracking system: how its rows are read, noticed and checked."""
