"""Events have sessions; news are archived and lead to other pages.

The hours of each event become its only session, in its row and in each of its versions: a draft
that moves the date keeps it, and an earlier version can still be put back.
"""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import modelcluster.fields
import pages.streams
import uuid
from datetime import datetime, time, timedelta
from django.db import migrations, models
from django.utils import timezone
from django.utils.dateparse import parse_datetime


def over(starts_at, ends_at):
    """When a session is over: at its end or, without one, at midnight in Paris."""
    day = timezone.localtime(starts_at).date() + timedelta(days=1)
    return ends_at or timezone.make_aware(datetime.combine(day, time.min))


def give_sessions(apps, schema_editor):
    """One session an event, with its hours."""
    EventPage = apps.get_model("pages", "EventPage")
    EventSession = apps.get_model("pages", "EventSession")
    for pk, starts_at, ends_at in list(EventPage.objects.values_list("pk", "starts_at", "ends_at")):
        over_at = over(starts_at, ends_at)
        session = EventSession.objects.create(
            event_id=pk, starts_at=starts_at, ends_at=ends_at, over_at=over_at
        )
        EventPage.objects.filter(pk=pk).update(last_starts_at=starts_at, over_at=over_at)
        for revision in revisions_of(apps, pk):
            give_session_to_revision(revision, session)


def revisions_of(apps, pk):
    """The versions of an event; its type may not be known yet (a new database)."""
    types = apps.get_model("contenttypes", "ContentType").objects.filter(
        app_label="pages", model="eventpage"
    )
    return apps.get_model("wagtailcore", "Revision").objects.filter(
        content_type__in=types, object_id=str(pk)
    ).iterator(chunk_size=100)


def give_session_to_revision(revision, session):
    """The same session, at the hours of this version."""
    if "sessions" in revision.content or not revision.content.get("starts_at"):
        return
    ends = revision.content.pop("ends_at", None)
    starts_at = parse_datetime(revision.content["starts_at"])
    over_at = over(starts_at, parse_datetime(ends) if ends else None)
    revision.content["sessions"] = [
        {
            "pk": session.pk,
            "event": session.event_id,
            "starts_at": revision.content["starts_at"],
            "ends_at": ends,
            "over_at": over_at.isoformat(),
            "uid": str(session.uid),
        }
    ]
    revision.save(update_fields=["content"])


def take_first_session(apps, schema_editor):
    """Back: an event has the hours of its first session, or begins now."""
    EventPage = apps.get_model("pages", "EventPage")
    for event in EventPage.objects.all():
        first = event.sessions.order_by("starts_at").first()
        starts_at = first.starts_at if first else timezone.now()
        ends_at = first.ends_at if first else None
        EventPage.objects.filter(pk=event.pk).update(starts_at=starts_at, ends_at=ends_at)
        for revision in revisions_of(apps, event.pk):
            rows = revision.content.pop("sessions", None) or []
            revision.content["starts_at"] = rows[0]["starts_at"] if rows else starts_at.isoformat()
            revision.content["ends_at"] = rows[0]["ends_at"] if rows else None
            revision.save(update_fields=["content"])


class Migration(migrations.Migration):

    dependencies = [
        ('pages', '0004_search'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
    ]

    operations = [
        migrations.AddField(
            model_name='eventpage',
            name='calendar_digest',
            field=models.CharField(default='', editable=False, max_length=64, verbose_name='empreinte'),
        ),
        migrations.AddField(
            model_name='eventpage',
            name='calendar_sequence',
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name='changements'),
        ),
        migrations.AddField(
            model_name='eventpage',
            name='capacity',
            field=models.CharField(blank=True, choices=[('libre', 'Entrée libre'), ('inscription', 'Sur inscription'), ('dernieres', 'Dernières places'), ('complet', 'Complet')], help_text='S’il n’y a plus de place, choisissez « Complet » : les listes le diront.', max_length=12, verbose_name='places'),
        ),
        migrations.AddField(
            model_name='eventpage',
            name='contact_email',
            field=models.EmailField(blank=True, help_text='L’adresse où écrire pour ce rendez-vous.', max_length=254, verbose_name='adresse e-mail'),
        ),
        migrations.AddField(
            model_name='eventpage',
            name='contact_name',
            field=models.CharField(blank=True, help_text='Un nom, ou un service. Laissez vide pour la régie.', max_length=120, verbose_name='personne à joindre'),
        ),
        migrations.AddField(
            model_name='eventpage',
            name='contact_phone',
            field=models.CharField(blank=True, help_text='Le numéro à appeler pour ce rendez-vous.', max_length=20, validators=[django.core.validators.RegexValidator('^(0[1-9]( \\d{2}){4}|\\+\\d{2} \\d( \\d{2}){4}|0 8\\d{2} \\d{3} \\d{3}|\\d{2,4})$', 'Écrivez le numéro par groupes de deux chiffres, par exemple « 03 21 00 00 00 ».')], verbose_name='téléphone'),
        ),
        migrations.AddField(
            model_name='eventpage',
            name='last_starts_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='début de la dernière date'),
        ),
        migrations.AddField(
            model_name='eventpage',
            name='over_at',
            field=models.DateTimeField(db_index=True, editable=False, null=True, verbose_name='terminé'),
        ),
        migrations.AddField(
            model_name='eventpage',
            name='price',
            field=models.CharField(blank=True, help_text='« Gratuit », « 2 € par personne »… Laissez vide si ce n’est pas décidé.', max_length=80, verbose_name='prix'),
        ),
        migrations.AddField(
            model_name='eventpage',
            name='wheelchair',
            field=models.CharField(blank=True, choices=[('oui', 'Accessible en fauteuil roulant'), ('aide', 'Accessible en fauteuil roulant avec de l’aide'), ('non', 'Pas accessible en fauteuil roulant')], help_text='Laissez vide si personne n’a vérifié sur place.', max_length=8, verbose_name='accès en fauteuil roulant'),
        ),
        migrations.AddField(
            model_name='newspage',
            name='archive_on',
            field=models.DateField(blank=True, help_text='Ce jour-là, l’actualité quitte l’accueil et la liste. On la retrouve sous son année, avec la mention « Archive ».', null=True, verbose_name='archiver le'),
        ),
        migrations.AlterField(
            model_name='eventpage',
            name='access',
            field=models.CharField(blank=True, help_text='L’arrêt de bus, le parking, la bonne porte.', max_length=300, verbose_name='comment venir'),
        ),
        migrations.AlterField(
            model_name='eventpage',
            name='address',
            field=models.CharField(blank=True, help_text='Le numéro, la rue, la commune.', max_length=200, verbose_name='adresse'),
        ),
        migrations.AlterField(
            model_name='eventpage',
            name='place',
            field=models.CharField(blank=True, help_text='Le nom que connaissent les gens : « Salle des fêtes ».', max_length=120, verbose_name='lieu'),
        ),
        migrations.AlterField(
            model_name='eventpage',
            name='starts_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='début'),
        ),
        migrations.AlterField(
            model_name='eventpage',
            name='status',
            field=models.CharField(choices=[('confirme', 'Confirmé'), ('reporte', 'Reporté'), ('annule', 'Annulé')], default='confirme', help_text='Reporté ou annulé, gardez la page : tous ceux qui l’ont noté le sauront.', max_length=10, verbose_name='état'),
        ),
        migrations.AlterField(
            model_name='newspage',
            name='date',
            field=models.DateField(default=django.utils.timezone.localdate, help_text='Le jour affiché, et l’ordre dans la liste.', verbose_name='date'),
        ),
        migrations.AlterField(
            model_name='newspage',
            name='image',
            field=models.ForeignKey(blank=True, help_text='Une photo, si vous en avez une : elle ouvre la page et la montre dans les listes.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='pages.siteimage', verbose_name='image'),
        ),
        migrations.AddField(
            model_name='newspage',
            name='related_pages',
            field=pages.streams.SlimStreamField(blank=True, help_text='Des pages du site qui continuent l’histoire. Celles qui ne sont pas publiées n’apparaissent pas.', verbose_name='à lire aussi'),
        ),
        migrations.CreateModel(
            name='EventSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField(help_text='Le jour et l’heure : 12/06/2027 14:00.', verbose_name='début')),
                ('ends_at', models.DateTimeField(blank=True, help_text='Sans heure de fin, le rendez-vous reste annoncé jusqu’à minuit.', null=True, verbose_name='fin')),
                ('over_at', models.DateTimeField(editable=False, verbose_name='terminée')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, verbose_name='identifiant')),
                ('event', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='pages.eventpage')),
            ],
            options={
                'verbose_name': 'date',
                'ordering': ['starts_at'],
                'indexes': [models.Index(fields=['event', 'over_at', 'starts_at'], name='pages_event_next_session')],
            },
        ),
        migrations.RunPython(give_sessions, take_first_session),
        migrations.RemoveField(
            model_name='eventpage',
            name='ends_at',
        ),
    ]
