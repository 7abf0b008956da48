"""The camera form: one camera, a new one, or many at once; columns that nobody touches stay as they are.

Runs on: GUI thread. It keeps nothing: ``apply_asked`` carries what shall become of which cameras.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.model.camera import Camera
from app.registry.directory import CameraDirectory
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from widgets.discovery.trust import TrustBox
from widgets.register import recording_fields
from widgets.register.area_box import AreaBox
from widgets.register.field_row import FieldRow
from widgets.register.fields import FIELDS, Draft, Shown, check, common_of
from widgets.register.owner_box import OwnerBox
from widgets.register.side_form import frame, line
from widgets.register.trial_box import TrialBox
from widgets.theme import Theme, icon
from widgets.theme.restyle import restyle
from widgets.window.seam import Lane

_NUMBERS_SHOWN = 12
_WAIT_MS = 250                  # after the last letter; then the sentence about it appears


class CameraForm(QWidget):
    """``apply_asked`` carries (ids, draft); a new camera has the id "". ``closed`` when it wants to go."""

    apply_asked = Signal(object, object)
    closed = Signal()

    def __init__(self, directory: CameraDirectory, theme: Theme, owners: OwnerBox, areas: AreaBox, trial: TrialBox,
                 rules: Callable[[], str] = lambda: "", parent: QWidget | None = None) -> None:
        """``rules`` gives the setting "recording.rules" in force."""
        super().__init__(parent)
        self.rules = rules
        self._directory, self._theme = directory, theme
        self._cameras: tuple[Camera, ...] = ()
        self._common: Mapping[str, Shown] = common_of(())
        self.owners, self.areas, self.trial = owners, areas, trial
        self._words = ""
        self._trust: TrustBox | None = None
        self.rows = {field.key: FieldRow(field, theme) for field in FIELDS}
        self._title, self._who, self._hint, self._foot = QLabel(), QLabel(), QLabel(), QLabel()
        self._close, self.cancel, self.apply = QPushButton(), QPushButton(), QPushButton()
        self._groups: list[tuple[QLabel, str]] = []
        self._check = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._check.timeout.connect(self._validate)
        self._build()
        for row in self.rows.values():
            row.changed.connect(self._edited)
        self._close.clicked.connect(self.closed)
        self.cancel.clicked.connect(self.give_up)
        self.apply.clicked.connect(self._apply)
        owners.changed.connect(self._offer)
        theme.changed.connect(self._recolour)
        self.trial.draft = lambda: (self._cameras, self.draft())
        self._recolour()
        self.retranslate()

    # --- what it shows ---

    def show_cameras(self, cameras: Sequence[Camera], common: Mapping[str, Shown] | None = None) -> None:
        """One or many; forgets what was typed. A camera without id is a new one.

        ``common``: what ``common_of`` said of them, asked elsewhere when they are very many.
        """
        self._cameras = tuple(cameras)
        many = len(cameras) > 1
        self._offer()
        self._common = common if common is not None else common_of(self._cameras, self.rules())
        for key, row in self.rows.items():
            row.setVisible(not (many and row.field.single))
            # Of many cameras tags and notes are added to: the field begins empty.
            row.fill(Shown("") if many and key in ("tags", "notes") else self._common[key], many)
        self.trial.show_cameras(self._cameras)
        if self._trust is not None:
            self._trust.show_camera(self._cameras[0] if len(self._cameras) == 1 else None)
        self._head()
        self._follow()
        self._validate()

    def tell_certificates(self, lane: Lane) -> None:
        """From now on the form says when its camera shows a certificate that nobody trusted."""
        self._trust = TrustBox(lane)
        self._column.insertWidget(0, self._trust)

    @property
    def cameras(self) -> tuple[Camera, ...]:
        return self._cameras

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(camera.id for camera in self._cameras)

    def draft(self) -> dict[str, str]:
        """What was typed, by field."""
        found: dict[str, str] = {}
        for key, row in self.rows.items():
            text = row.text
            if text is not None and not row.isHidden():
                found[key] = text
        return found

    @property
    def is_touched(self) -> bool:
        """Something typed would be lost by showing other cameras."""
        return bool(self.draft())

    def refuse(self, sentence: str) -> None:
        """What the register said to the last apply."""
        self._words = sentence
        self._count()

    def take_keyboard(self) -> None:
        first = next(row for row in self.rows.values() if not row.isHidden())
        first.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def give_up(self) -> None:
        """Forget what was typed; a form that nobody touched closes."""
        if self.is_touched and self._cameras and self._cameras[0].id:
            self.show_cameras(self._cameras)
        else:
            self.closed.emit()

    def retranslate(self) -> None:
        for row in self.rows.values():
            row.retranslate()
        for label, text in self._groups:
            label.setText(_(text))
        self._close.setAccessibleName(_("Close the form"))
        self.cancel.setText(_("Cancel"))
        self.owners.retranslate()
        self.areas.retranslate()
        self.trial.retranslate()
        if self._trust is not None:
            self._trust.retranslate()
        self._offer()
        self._head()
        self._count()

    # --- inside ---

    def _build(self) -> None:
        for label in (self._who, self._hint, self._foot):
            label.setProperty("tone", "quiet")
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self._column, _below, foot = frame(self, self._title, self._close)
        column = self._column
        for label in (self._who, self._hint):
            label.setContentsMargins(16, 0, 16, 0)
            column.addWidget(label)
        column.addSpacing(8)
        for key, row in self.rows.items():
            if row.field.group:
                group = QLabel()
                group.setProperty("tone", "strong")
                group.setContentsMargins(16, 12, 16, 4)
                self._groups.append((group, row.field.group))
                column.addWidget(group)
            column.addWidget(row)
            if key == "owner":
                column.addWidget(self.owners)
            if key == "area":
                column.addWidget(self.areas)
        column.addWidget(line())
        column.addWidget(self.trial)
        column.addStretch(1)
        foot.addWidget(self._foot, 1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.apply)
        self.apply.setProperty("first", True)

    def _offer(self) -> None:
        owners = self._directory.owners()
        self.rows["owner"].offer([("", _("no owner")), *((owner.id, owner.name) for owner in owners.values())])
        paths = {camera.area[:depth] for camera in self._directory.all() for depth in range(1, len(camera.area) + 1)} \
            if not self._directory.areas() else self._directory.areas().keys()
        texts = sorted((" > ".join(path) for path in paths), key=str.casefold)
        self.rows["area"].offer([(text, text) for text in texts])

    def _edited(self, key: str) -> None:
        self._words = ""
        if key in ("owner", "area", recording_fields.MODE):
            self._follow()
        self._count()
        self._check.start()

    def _follow(self) -> None:
        """The owner's limits and the area's risk class belong to what stands in the two fields, hours to a schedule."""
        for key, used in recording_fields.in_use(self._now_in(recording_fields.MODE)).items():
            self.rows[key].setVisible(used)
        self.owners.show_owner(self._now_in("owner"))
        path = self._now_in("area")
        self.areas.show_area(tuple(part.strip() for part in path.split(">") if part.strip()))

    def _now_in(self, key: str) -> str:
        """What stands in a field, typed or not."""
        typed = self.rows[key].text
        return typed if typed is not None else self._common[key].text

    def _validate(self) -> bool:
        draft, good = self.draft(), True
        lacking = recording_fields.missing(draft.get(recording_fields.MODE, ""), self._now_in(recording_fields.HOURS))
        for key, row in self.rows.items():
            error = check(key, draft[key], self._cameras, self._directory.by_number) if key in draft else ""
            error = error or (lacking if key == recording_fields.HOURS else "")
            good = good and not error
            row.say(error, self._note(key) if key in draft or key == recording_fields.SOUND else "")
        self._count(good)
        return good

    def _note(self, key: str) -> str:
        if key == "password":
            return ngettext("Kept sealed, never in the list. For {count} camera.",
                            "Kept sealed, never in the list. For {count} cameras.",
                            len(self._cameras)).format(count=len(self._cameras))
        return recording_fields.note(key, self._now_in(key))

    def _head(self) -> None:
        cameras, count = self._cameras, len(self._cameras)
        new = count == 1 and not cameras[0].id
        if new:
            self._title.setText(_("A new camera"))
        elif count == 1:
            self._title.setText(_("Camera {number}").format(number=cameras[0].label))
        else:
            self._title.setText(ngettext("Change {count} camera at once", "Change {count} cameras at once",
                                         count).format(count=count))
        labels = " · ".join(camera.label for camera in cameras[:_NUMBERS_SHOWN])
        self._who.setText(labels + (" …" if count > _NUMBERS_SHOWN else ""))
        self._hint.setText(_("Columns that you do not touch stay as they are."))
        self._who.setVisible(count > 1)
        self._hint.setVisible(count > 1)
        self.apply.setText(_("Add the camera") if new else _("Apply") if count == 1 else ngettext(
            "Apply to {count} camera", "Apply to {count} cameras", count).format(count=count))

    def _count(self, good: bool = True) -> None:
        changed = len(self.draft())
        words = self._words or (ngettext("{count} column changed", "{count} columns changed", changed).format(
            count=changed) if changed else "")
        self._foot.setText(words)
        restyle(self._foot, tone="red" if self._words else "quiet")
        self.apply.setEnabled(bool(changed) and good)
        self.cancel.setEnabled(bool(self._cameras))

    def _apply(self) -> None:
        draft: Draft = self.draft()
        if draft and self._validate():
            self.apply_asked.emit(self.ids, draft)

    def _recolour(self, *_tokens: object) -> None:
        self._close.setIcon(icon("x", self._theme.tokens.text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.give_up()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._apply()
        else:
            super().keyPressEvent(event)
