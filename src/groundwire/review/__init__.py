"""What people say of answers: the queue they work through, their judgements, and what follows from these."""
