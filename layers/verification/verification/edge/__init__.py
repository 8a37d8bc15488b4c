"""Who calls us: the gateway, the queue, the schedule and operators."""
