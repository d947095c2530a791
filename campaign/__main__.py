"""`python -m campaign` is `campaign`."""

from campaign.commands.main import main

if __name__ == "__main__":
    main()
