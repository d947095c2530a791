"""Run the site: the supervisor, the web workers and the worker for mail and timed tasks."""
