"""The engine beside general simulation libraries, on three workloads that all of them can express."""
