"""Pictures that X takes from shared memory itself, without a copy through Qt (decision 0008)."""
