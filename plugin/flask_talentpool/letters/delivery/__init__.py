"""How letters leave: claimed, handed over, settled, whatever a mail server does."""
