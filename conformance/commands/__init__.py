"""The commands: each composes the steps of the pipeline and does nothing itself."""
