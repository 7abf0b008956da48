"""The command line: one module per subcommand, no Qt; main.py hands in what opens windows."""
