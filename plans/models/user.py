"""User: a login. It reaches accounts through contacts, and a BSS through staff membership."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager):
    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        """A user with a usable password, or with none until an invitation is followed (`password=None`)."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email=email.lower())


class User(AbstractBaseUser):
    """One person, by email, wherever they appear in this installation."""

    email = models.EmailField(unique=True, max_length=254)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=8, blank=True, help_text="Of letters; empty: as the account's")
    is_active = models.BooleanField(default=True)
    single_keys = models.BooleanField(default=True, help_text="Single-key shortcuts of the back office are on")
    joined_at = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lowercase"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        words = (self.name or self.email).split()
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
