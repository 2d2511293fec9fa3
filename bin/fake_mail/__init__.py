"""The parts of bin/fake_provider.py. Standard library only, for bin/dev installs nothing that only tests need."""
