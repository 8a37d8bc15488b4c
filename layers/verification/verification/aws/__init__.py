"""AWS services beside the table: the queue, the bus, the secrets."""
