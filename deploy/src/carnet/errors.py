"""What the launcher refuses: one line that says what is wrong and how to mend it."""


class CannotRun(Exception):
    """The suite cannot run as asked; `wrong` says why and `mend` what the reader can do."""

    def __init__(self, wrong: str, *, mend: str) -> None:
        self.wrong = " ".join(wrong.split()).rstrip(".")
        self.mend = " ".join(mend.split()).rstrip(".")
        super().__init__(f"{self.wrong}. {self.mend}.")
