"""The command line for operators: each command is one domain call. `hansa manage <command>`."""
