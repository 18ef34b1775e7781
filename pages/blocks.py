"""What a page can be made of: a section and twelve kinds of content, and no more.

A section is a title with its content, so headings cannot jump. Editors choose neither colours nor
alignments, and nothing here accepts raw HTML, scripts or content of another site. A higher room
subclasses `BodyBlock` to add what only its pages need.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from wagtail.blocks import (
    CharBlock,
    DecimalBlock,
    EmailBlock,
    ListBlock,
    RegexBlock,
    RichTextBlock,
    StreamValue,
    StructValue,
    TextBlock,
    URLBlock,
)
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.contrib.typed_table_block.blocks import (
    TypedTable,
    TypedTableBlock,
    TypedTableBlockValidationError,
)
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page

from pages.preload import (
    PreloadedDocumentChooserBlock,
    PreloadedImageChooserBlock,
    PreloadedPageChooserBlock,
    PreloadedSnippetChooserBlock,
)
from pages.streams import KeepingStreamBlock, KeepingStructBlock, stored_texts

TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]
CELL_FEATURES = ["bold", "italic", "link"]
VIDEO_EXTENSIONS = ("mp4", "webm")
SPACE = r"[ .\u00a0\u202f]?"
# Ten digits in France or with +33; short numbers (15, 115, 39 49).
PHONE = rf"^(?:(?:\+33|0){SPACE}[1-9](?:{SPACE}\d{{2}}){{4}}|\d{{2,4}}|3\d{SPACE}\d{{2}})$"
PHONE_ERROR = "Écrivez un numéro français, par exemple 03 21 00 00 00."

STRUCTURE = "Structure"
TEXT = "Texte"
MEDIA = "Photos et vidéos"
INFORMATION = "Renseignements"


# --- Text -------------------------------------------------------------------------------------


class ParagraphBlock(RichTextBlock):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(features=TEXT_FEATURES, **kwargs)

    class Meta:
        label = "Paragraphe"
        description = "Du texte, avec des listes et des liens si besoin."
        icon = "pilcrow"
        group = TEXT
        template = "blocks/paragraph.html"
        preview_value: ClassVar[Any] = (
            "<p>La régie recrute des habitants du quartier et les accompagne "
            "<b>vers un emploi durable</b>.</p>"
        )


class StepBlock(KeepingStructBlock):
    title = CharBlock(label="Titre", max_length=100)
    text = RichTextBlock(label="Texte", features=TEXT_FEATURES, required=False)

    class Meta:
        label = "Étape"
        icon = "check"


class StepsBlock(ListBlock):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(StepBlock(), **kwargs)

    class Meta:
        label = "Étapes"
        description = "Une démarche à suivre dans l’ordre, une étape après l’autre."
        icon = "list-ol"
        group = TEXT
        template = "blocks/steps.html"
        min_num = 1
        preview_value: ClassVar[Any] = [
            {"title": "Vous nous appelez", "text": "<p>Nous vous écoutons.</p>"},
            {"title": "Nous nous rencontrons", "text": "<p>Nous parlons de votre projet.</p>"},
        ]


class CalloutBlock(KeepingStructBlock):
    title = CharBlock(label="Titre", required=False, max_length=100)
    text = RichTextBlock(label="Texte", features=TEXT_FEATURES)

    class Meta:
        label = "Encadré"
        description = "Une information à ne pas manquer, mise en avant dans un cadre."
        icon = "warning"
        group = TEXT
        template = "blocks/callout.html"
        preview_value: ClassVar[Any] = {
            "title": "Bon à savoir",
            "text": "<p>Une pièce d’identité est demandée au premier rendez-vous.</p>",
        }


class TestimonyChooserBlock(PreloadedSnippetChooserBlock):
    """The agreement of the person who is quoted; one that was deleted is no agreement at all."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("pages.Testimony", **kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(value) or self._deleted(value)

    def bulk_to_python(self, values: Any) -> list:
        pks = list(values)
        found = super().bulk_to_python(pks)
        return [known or self._deleted(pk) for known, pk in zip(found, pks, strict=True)]

    def _deleted(self, pk: Any) -> Any:
        """What stands for a row that is gone: never usable, so that the quotation stays hidden."""
        if not pk:
            return None
        model: Any = self.model_class
        return model(pk=pk, name="Témoignage supprimé", agreement=model.Kind.WAITING)


class QuoteBlock(KeepingStructBlock):
    text = TextBlock(label="Citation", help_text="Sans guillemets : la page les ajoute.", rows=3)
    author = CharBlock(label="Auteur", required=False, max_length=100)
    role = CharBlock(
        label="Fonction",
        required=False,
        max_length=150,
        help_text="Par exemple : salariée en parcours d’insertion.",
    )
    testimony = TestimonyChooserBlock(
        label="Accord de la personne",
        required=False,
        help_text="Choisissez-le parmi les témoignages : s’il finit ou s’il est retiré, la "
        "citation disparaît du site.",
    )

    class Meta:
        label = "Citation"
        description = "Les mots exacts d’une personne, avec son nom si elle l’accepte."
        icon = "openquote"
        group = TEXT
        template = "blocks/quote.html"
        preview_value: ClassVar[Any] = {
            "text": "Ici, on apprend un métier en rendant service à son quartier.",
            "author": "Une salariée",
            "role": "équipe espaces verts",
        }

    def get_searchable_content(self, value: StructValue) -> list[str]:
        """Nothing of words that may be withdrawn: the search index would keep them."""
        return [] if value.get("testimony") else super().get_searchable_content(value)


class QuestionBlock(KeepingStructBlock):
    question = CharBlock(label="Question", max_length=200)
    answer = RichTextBlock(label="Réponse", features=TEXT_FEATURES)

    class Meta:
        label = "Question"
        icon = "help"


class QuestionsBlock(ListBlock):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(QuestionBlock(), **kwargs)

    class Meta:
        label = "Questions et réponses"
        description = "Des questions dont la réponse s’ouvre quand on la demande."
        icon = "help"
        group = TEXT
        template = "blocks/questions.html"
        min_num = 1
        preview_value: ClassVar[Any] = [
            {
                "question": "Faut-il un diplôme ?",
                "answer": "<p>Non : l’envie de travailler suffit.</p>",
            },
        ]


# --- Photos and videos ------------------------------------------------------------------------


class DescribedImageBlock(ImageBlock):
    """An image and what it says here to somebody who cannot see it (Wagtail's ImageBlock)."""

    def __init__(self, required: bool = True, **kwargs: Any) -> None:
        super().__init__(required=required, **kwargs)
        children = {
            "image": PreloadedImageChooserBlock(required=required, label="Photo ou dessin"),
            "alt_text": CharBlock(
                required=False,
                max_length=250,
                label="Texte de remplacement",
                help_text="Que doit comprendre quelqu’un qui ne voit pas l’image ?",
            ),
        }
        for name, block in children.items():
            block.set_name(name)
            self.child_blocks[name] = block
        decorative = self.child_blocks["decorative"]
        decorative.label = "Image décorative"
        decorative.field.help_text = "À cocher si l’image n’apprend rien de plus que le texte."


class FigureBlock(KeepingStructBlock):
    image = DescribedImageBlock(label="Image")
    caption = CharBlock(
        label="Légende",
        required=False,
        max_length=250,
        help_text="Affichée sous l’image ; elle ne remplace pas le texte de remplacement.",
    )

    class Meta:
        label = "Image"
        description = "Une photo ou un dessin, avec une légende si besoin."
        icon = "image"
        group = MEDIA
        template = "blocks/image.html"

    def get_preview_value(self) -> StructValue:
        return self.normalize({"image": _any_image(), "caption": "Une légende"})


class GalleryBlock(ListBlock):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(FigureBlock(), **kwargs)

    class Meta:
        label = "Galerie de photos"
        description = "Plusieurs photos côte à côte, chacune avec sa légende."
        icon = "image"
        group = MEDIA
        template = "blocks/gallery.html"
        min_num = 2

    def get_preview_value(self) -> Any:
        return self.normalize([{"image": _any_image(), "caption": "Une légende"}] * 2)

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """The pictures that may be shown."""
        context = super().get_context(value, parent_context=parent_context)
        context["value"] = [f for f in value if f["image"] and f["image"].is_usable]
        return context


class VideoFileChooserBlock(PreloadedDocumentChooserBlock):
    def clean(self, value: Any) -> Any:
        document = super().clean(value)
        if document and document.file_extension not in VIDEO_EXTENSIONS:
            raise ValidationError("Choisissez une vidéo au format MP4 ou WebM.")
        return document


class VideoBlock(KeepingStructBlock):
    title = CharBlock(label="Titre", max_length=150)
    file = VideoFileChooserBlock(
        label="Fichier vidéo",
        help_text="Au format MP4 ou WebM, envoyé dans les documents du site.",
    )
    poster = PreloadedImageChooserBlock(
        label="Image d’attente",
        required=False,
        help_text="Affichée tant que la vidéo n’est pas lancée.",
    )
    transcript = RichTextBlock(
        label="Transcription",
        features=TEXT_FEATURES,
        help_text="Tout ce qui est dit et montré, pour qui ne peut ni voir ni entendre la vidéo.",
    )

    class Meta:
        label = "Vidéo"
        description = "Une vidéo du site et sa transcription ; rien ne charge avant le clic."
        icon = "media"
        group = MEDIA
        template = "blocks/video.html"
        preview_value: ClassVar[Any] = {
            "title": "Une journée avec l’équipe",
            "transcript": "<p>On voit l’équipe préparer ses outils.</p>",
        }


# --- Information ------------------------------------------------------------------------------


class DataTableBlock(TypedTableBlock):
    text = CharBlock(label="Texte", required=False)
    number = DecimalBlock(label="Nombre", required=False)
    rich_text = RichTextBlock(label="Texte avec liens", features=CELL_FEATURES, required=False)

    class Meta:
        label = "Tableau"
        description = "Des chiffres ou des textes en lignes et en colonnes, avec un titre."
        icon = "table"
        group = INFORMATION
        template = "blocks/table.html"
        preview_value: ClassVar[Any] = {
            "caption": "Heures travaillées",
            "columns": [
                {"type": "text", "heading": "Activité"},
                {"type": "number", "heading": "Heures"},
            ],
            "rows": [
                {"values": ["Espaces verts", "1200"]},
                {"values": ["Entretien", "950.5"]},
            ],
        }

    def to_python(self, value: Any) -> TypedTable:
        return super().to_python(self._with_known_columns(value) if value else value)

    def _with_known_columns(self, raw: dict) -> dict:
        """Cells of a kind that is gone become text: their words stay."""
        unknown = {
            index
            for index, column in enumerate(raw["columns"])
            if column["type"] not in self.child_blocks
        }
        if not unknown:
            return raw
        return {
            **raw,
            "columns": [
                {**column, "type": "text"} if index in unknown else column
                for index, column in enumerate(raw["columns"])
            ],
            "rows": [
                {
                    **row,
                    "values": [
                        " ".join(stored_texts(cell)) if index in unknown else cell
                        for index, cell in enumerate(row["values"])
                    ],
                }
                for row in raw["rows"]
            ],
        }

    def clean(self, value: TypedTable) -> TypedTable:
        table = super().clean(value)
        errors = []
        if not self.is_deferred_validation:
            if not (table.caption or "").strip():
                errors.append("Donnez un titre au tableau : il dit de quoi parlent les chiffres.")
            if not table.columns or not table.row_data:
                errors.append("Ajoutez au moins une colonne et une ligne.")
            if not all((column["heading"] or "").strip() for column in table.columns):
                errors.append("Donnez un titre à chaque colonne.")
        if errors:
            raise TypedTableBlockValidationError(non_block_errors=errors)
        return table


class DocumentsBlock(ListBlock):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(PreloadedDocumentChooserBlock(label="Document"), **kwargs)

    class Meta:
        label = "Documents à télécharger"
        description = "Une liste de fichiers ; leur format et leur poids s’affichent tout seuls."
        icon = "doc-full"
        group = INFORMATION
        template = "blocks/documents.html"
        min_num = 1

    def get_preview_value(self) -> Any:
        return self.normalize(list(get_document_model().objects.order_by("-pk")[:3]))

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """The files that this reader may have: a reserved one is not named to the others."""
        context = super().get_context(value, parent_context=parent_context)
        request = context.get("request")
        context["value"] = [document for document in value if _may_have(document, request)]
        return context


class ContactCardBlock(KeepingStructBlock):
    name = CharBlock(label="Nom", required=False, max_length=150)
    function = CharBlock(label="Fonction", required=False, max_length=150)
    phone = RegexBlock(
        regex=PHONE,
        error_messages={"invalid": PHONE_ERROR},
        label="Téléphone",
        required=False,
        help_text="Laissez vide pour afficher celui de l’association.",
    )
    email = EmailBlock(
        label="Adresse e-mail",
        required=False,
        help_text="Laissez vide pour afficher celle de l’association.",
    )
    hours = CharBlock(
        label="Quand appeler",
        required=False,
        max_length=150,
        help_text="Par exemple : du lundi au vendredi, de 9 h à 12 h.",
    )

    class Meta:
        label = "Contact"
        description = "Qui appeler ou à qui écrire ; sans rien remplir, c’est l’association."
        icon = "user"
        group = INFORMATION
        template = "blocks/contact_card.html"
        preview_value: ClassVar[Any] = {
            "name": "L’accueil",
            "function": "Renseignements et rendez-vous",
            "phone": "",
            "email": "",
            "hours": "du lundi au vendredi, de 9 h à 12 h",
        }


class LinkValue(StructValue):
    """A link towards a page of the site or another site."""

    @property
    def href(self) -> str:
        """The address; empty when there is none, or for a page that the public may not read."""
        page = self.get("page")
        if page is None:
            return self.get("url") or ""
        # The stream's rendering says who may read it; elsewhere (previews), live pages are shown.
        return (page.url or "") if getattr(page, "is_visible", page.live) else ""

    @property
    def text(self) -> str:
        page = self.get("page")
        return self.get("label") or (page.title if page else "") or self.href


class LinkBlock(KeepingStructBlock):
    page = PreloadedPageChooserBlock(label="Page du site", required=False)
    url = URLBlock(
        label="ou adresse d’un autre site",
        required=False,
        help_text="Elle commence par https://.",
    )
    label = CharBlock(
        label="Texte du lien",
        required=False,
        max_length=150,
        help_text="Pour une page du site, laissez vide pour reprendre son titre.",
    )

    class Meta:
        label = "Lien"
        icon = "link"
        value_class = LinkValue

    def clean(self, value: StructValue) -> StructValue:
        link = super().clean(value)
        if self.is_deferred_validation:
            return link
        errors = {}
        if link["page"] and link["url"]:
            errors["url"] = "Choisissez une page du site ou une adresse, pas les deux."
        elif not link["page"] and not link["url"]:
            errors["page"] = "Choisissez une page du site ou écrivez une adresse."
        elif link["url"] and not link["label"]:
            errors["label"] = "Dites où mène ce lien."
        if errors:
            raise StructBlockValidationError(
                {name: ValidationError(message) for name, message in errors.items()}
            )
        return link


class LinksBlock(ListBlock):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(LinkBlock(), **kwargs)

    class Meta:
        label = "Liens"
        description = "Des pages à lire ensuite, sur ce site ou ailleurs."
        icon = "link"
        group = INFORMATION
        template = "blocks/links.html"
        min_num = 1

    def get_preview_value(self) -> Any:
        pages = Page.objects.live().filter(depth__gt=1)[:3]
        return self.normalize([{"page": page, "url": "", "label": ""} for page in pages])


class RelatedPagesBlock(KeepingStreamBlock):
    """Pages to read next, below the body."""

    page = PreloadedPageChooserBlock(label="Page")

    class Meta:
        required = False
        max_num = 6


# --- The body of a page -----------------------------------------------------------------------


class ContentBlock(KeepingStreamBlock):
    """The twelve kinds of content of a section."""

    paragraph = ParagraphBlock()
    steps = StepsBlock()
    callout = CalloutBlock()
    quote = QuoteBlock()
    questions = QuestionsBlock()
    image = FigureBlock()
    gallery = GalleryBlock()
    video = VideoBlock()
    table = DataTableBlock()
    documents = DocumentsBlock()
    contact = ContactCardBlock()
    links = LinksBlock()


class SectionBlock(KeepingStructBlock):
    title = CharBlock(label="Titre", max_length=120)
    content = ContentBlock(label="Contenu")

    class Meta:
        label = "Partie"
        description = "Un titre et ce qui va dessous ; les titres font le sommaire de la page."
        icon = "title"
        group = STRUCTURE
        template = "blocks/section.html"
        preview_value: ClassVar[Any] = {
            "title": "Comment venir",
            "content": [("paragraph", "<p>La régie se trouve au cœur du quartier.</p>")],
        }


class BodyBlock(ContentBlock):
    """The body of a page: sections, and content before or between them."""

    section = SectionBlock()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Offered first: it is how a page is built.
        self.child_blocks.move_to_end("section", last=False)

    def render_basic(self, value: StreamValue, context: dict | None = None) -> SafeString:
        return super().render_basic(value, {**(context or {}), "anchors": anchors(value)})

    def child_context(self, value: StreamValue, index: int, context: dict | None) -> dict:
        child_context = super().child_context(value, index, context)
        return {**child_context, "anchor": child_context["anchors"].get(index, "")}


def anchors(body: StreamValue) -> dict[int, str]:
    """The anchor of each section of a body, by its place.

    It comes from the section's identifier, so that a link to it survives a new title or order.
    """
    found: dict[int, str] = {}
    for index, child in enumerate(body.raw_data):
        if child["type"] == "section":
            anchor = f"section-{(child.get('id') or str(index + 1))[:8]}"
            found[index] = anchor if anchor not in found.values() else f"{anchor}-{index + 1}"
    return found


def table_of_contents(body: StreamValue) -> list[tuple[str, str]]:
    """The sections of a body as (anchor, title), in order."""
    return [
        (anchor, body.raw_data[index]["value"]["title"]) for index, anchor in anchors(body).items()
    ]


def _may_have(document: Any, request: Any) -> bool:
    """Whether this reader may have the file; the rows of a file that is gone are left out.

    An answer that depends on who is signed in is kept by no cache (``SitePage.cache_control``).
    """
    if document is None:
        return False
    if not getattr(document, "is_reserved", True):
        return True
    restrictions = document.collection.get_view_restrictions()
    if settings.SESSION_COOKIE_NAME not in getattr(request, "COOKIES", ()):
        return not restrictions.exists()
    return all(restriction.accept_request(request) for restriction in restrictions)


def _any_image() -> Any:
    """An image of the site for a preview, if there is one, without claiming what it shows."""
    image = get_image_model().objects.order_by("-pk").first()
    if image:
        image.contextual_alt_text = ""
        image.decorative = True
    return image
