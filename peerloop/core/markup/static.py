from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

_, IMPORTS = HashedFilesMixin._js_module_import_aggregation_patterns  # type: ignore[attr-defined]  # noqa: SLF001


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Static files under names that change with their content, also where one of our scripts imports another.

    Django's own switch for this reads every script, and stumbles over an example in a comment of django-htmx.
    """

    patterns = (*HashedFilesMixin.patterns, ("js/*.js", IMPORTS))
