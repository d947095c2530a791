"""`python -m campaign` is `campaign`."""

from campaign.cli.main import main

if __name__ == "__main__":
    main()
