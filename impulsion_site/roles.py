"""The groups of the site and what each may do: made by code, the same everywhere.

*Rédaction* writes and asks for a re-reading; *Publication* publishes, runs the banner, and
vouches for the figures of the reports; *Administration* also manages people, settings and
redirects, invites the people of partners and reads the register of what they read. *Chiffres*
types the figures and says what is counted: it is given on top of another group, or alone.
*Accueil* reads and follows up what people ask through the contact form, which holds personal
data: with *Administration* it is the only one.
Administrators may add rights to a group in the admin: this code only ever adds what is missing,
it removes nothing. The groups of partners (``partners.accounts.groups``) give no right here.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models import Q
from django.utils.translation import override
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Task,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from partners.accounts.groups import ensure_groups
from partners.models import PartnerGroup

WRITING = "Rédaction"
PUBLISHING = "Publication"
ADMINISTRATION = "Administration"
FIGURES = "Chiffres"
RECEPTION = "Accueil"
GROUPS = (WRITING, PUBLISHING, ADMINISTRATION, FIGURES, RECEPTION)

PAGE_PERMISSIONS = {
    WRITING: ["add_page", "change_page"],
    PUBLISHING: ["add_page", "change_page", "publish_page", "lock_page", "unlock_page"],
    ADMINISTRATION: [
        "add_page",
        "change_page",
        "publish_page",
        "bulk_delete_page",
        "lock_page",
        "unlock_page",
    ],
    FIGURES: [],
    RECEPTION: [],
}
COLLECTION_PERMISSIONS = {
    WRITING: ["add_image", "choose_image", "add_document", "choose_document"],
    PUBLISHING: [
        "add_image",
        "change_image",
        "choose_image",
        "delete_image",
        "add_document",
        "change_document",
        "choose_document",
        "delete_document",
    ],
    FIGURES: [],
    RECEPTION: [],
}
COLLECTION_PERMISSIONS[ADMINISTRATION] = [
    *COLLECTION_PERMISSIONS[PUBLISHING],
    "add_collection",
    "change_collection",
    "delete_collection",
]
# (app label, model): every permission on the model. The banner is for urgent news.
MODELS_OF_GROUP: dict[str, list[tuple[str, str]]] = {
    WRITING: [("pages", "searchmiss")],
    PUBLISHING: [
        ("activities", "funderpack"),
        ("pages", "searchmiss"),
        ("pages", "sitenotice"),
        ("pages", "term"),
        ("pages", "testimony"),
        ("partners", "partner"),
    ],
    ADMINISTRATION: [
        ("pages", "searchmiss"),
        ("pages", "sitenotice"),
        ("pages", "organisationsettings"),
        ("pages", "commune"),
        ("pages", "outgoingmail"),
        ("pages", "term"),
        ("pages", "testimony"),
        ("pages", "trade"),
        ("pages", "user"),
        ("partners", "partner"),
        ("partners", "member"),
        ("partners", "consultation"),
        ("wagtailredirects", "redirect"),
        ("activities", "indicator"),
        ("activities", "breakdown"),
        ("activities", "funderpack"),
        ("contact", "contactrequest"),
        ("contact", "personaldataaccess"),
        ("contact", "reasonsettings"),
    ],
    FIGURES: [],
    RECEPTION: [],
}
FIGURE_VERBS = ("add", "change", "view")
# Some permissions on a model only. Who types figures does not vouch for them; what is no longer
# counted is not deleted, it stops being counted.
ENTER_FIGURES = [f"{verb}_value" for verb in FIGURE_VERBS]
PERMISSIONS_OF_GROUP: dict[str, list[str]] = {
    WRITING: [],
    PUBLISHING: [*ENTER_FIGURES, "validate_value"],
    ADMINISTRATION: [*ENTER_FIGURES, "validate_value"],
    FIGURES: [
        *ENTER_FIGURES,
        *(f"{verb}_{model}" for model in ("indicator", "breakdown") for verb in FIGURE_VERBS),
    ],
    # They answer requests; only Administration erases them.
    RECEPTION: ["view_contactrequest", "change_contactrequest"],
}

FRENCH_VERBS = {"add": "Ajouter", "change": "Modifier", "delete": "Supprimer", "view": "Voir"}


def ensure_roles(**_: Any) -> None:
    """Create the groups, their permissions and the re-reading workflow where missing."""
    if PartnerGroup._meta.db_table not in connection.introspection.table_names():
        return  # migrated backwards: the room of the partners, which watches rights, is gone
    root = Page.objects.filter(depth=1).first()
    library = Collection.objects.filter(depth=1).first()
    if root is None or library is None:  # the very first migration: nothing to hold yet
        return
    access = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    for name in GROUPS:
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.add(
            access,
            *_model_permissions(MODELS_OF_GROUP[name]),
            *Permission.objects.filter(
                content_type__app_label__in=["activities", "contact"],
                codename__in=PERMISSIONS_OF_GROUP[name],
            ),
        )
        _grant(GroupPagePermission, group, {"page": root}, "page", PAGE_PERMISSIONS[name])
        _grant(
            GroupCollectionPermission,
            group,
            {"collection": library},
            None,
            COLLECTION_PERMISSIONS[name],
        )
    ensure_groups()
    _ensure_workflow(root, Group.objects.get(name=PUBLISHING))
    _name_permissions_in_french()


def _model_permissions(models: list[tuple[str, str]]) -> list[Permission]:
    if not models:
        return []
    wanted = Q()
    for app_label, model in models:
        wanted |= Q(content_type__app_label=app_label, content_type__model=model)
    # A proxy's permissions hang on its own content type in this project's admin.
    return list(Permission.objects.filter(wanted))


def _name_permissions_in_french() -> None:
    """The names that a screen reader speaks on the screen of a group; Django's are in English."""
    renamed = []
    for permission in Permission.objects.select_related("content_type"):
        verb = FRENCH_VERBS.get(permission.codename.partition("_")[0])
        if verb and permission.name.startswith("Can "):
            # `migrate` works without translations: ask for them.
            with override(settings.LANGUAGE_CODE):
                permission.name = f"{verb} : {permission.content_type.name}"[:255]
            renamed.append(permission)
    Permission.objects.bulk_update(renamed, ["name"])


def _grant(
    model: Any, group: Group, target: dict[str, Any], content_model: str | None, names: list[str]
) -> None:
    permissions = Permission.objects.filter(codename__in=names)
    if content_model:
        permissions = permissions.filter(
            content_type__app_label="wagtailcore", content_type__model=content_model
        )
    for permission in permissions:
        model.objects.get_or_create(group=group, permission=permission, **target)


def _ensure_workflow(root: Page, approvers: Group) -> None:
    """One re-reading: what *Rédaction* submits, *Publication* accepts."""
    if Workflow.objects.filter(name="Relecture").exists() or Task.objects.exists():
        return
    task = GroupApprovalTask.objects.create(name="Relecture par la publication")
    task.groups.add(approvers)
    workflow = Workflow.objects.create(name="Relecture")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=root)
