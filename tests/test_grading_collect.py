"""What was handed in is found under any name, and no link, pipe, bomb or false path gets through."""

from __future__ import annotations

import os
import stat
import unicodedata
import warnings
import zipfile
from pathlib import Path

import pytest

from course_lib.errors import CourseError
from course_lib.grading import collect
from course_lib.grading.collect import Student, find, read_bytes, read_roster, unpack

LESSON = "02_prompt_precisely"
WHEN = (2026, 11, 26, 10, 0, 0)
posix = pytest.mark.skipif(os.name == "nt", reason="links and pipes need POSIX")


@pytest.fixture
def submitted(tmp_path):
    folder = tmp_path / "submitted"
    folder.mkdir()
    return folder


@pytest.fixture
def hand_in(submitted):
    """A function that puts files into a student's folder for the lesson and returns that folder."""

    def put(student: str = "ada", **files: str) -> Path:
        folder = submitted / student / LESSON
        folder.mkdir(parents=True, exist_ok=True)
        for age, (name, content) in enumerate(files.items()):
            (folder / name).write_text(content)
            os.utime(folder / name, (1000 + age, 1000 + age))
        return folder

    return put


def only(found):
    assert len(found) == 1
    return found[0]


# --- the class list


def roster_of(*students: Student) -> dict[str, Student]:
    return {student.student_id: student for student in students}


ADA = Student("ada", "Ada", "Lovelace", canvas_id="101")
ZOE = Student("zoe", "Zoë", "O'Brien-Müller")
KIM = Student("kim", "Kim", "Park", canvas_id="103")
ROSTER = roster_of(ADA, ZOE, KIM)


@pytest.mark.parametrize(
    "content",
    [
        b'student_id,first_name,last_name,canvas_id,hobby\nada,Ada,Lovelace,101,maths\nzo\xc3\xab+1,Zo\xc3\xab,"O\'Brien, Dr",,\n',
        b"\xef\xbb\xbfstudent_id;first_name;last_name;canvas_id\r\n ada ;Ada;Lovelace;101\r\n;;;\r\nzo\xc3\xab+1;Zo\xc3\xab;O'Brien, Dr;\r\n",
        b'Last_Name,Canvas_ID,Student_ID,First_Name\r\nLovelace,101,ada,Ada\r\n\r\n"O\'Brien, Dr",,zo\xc3\xab+1,Zo\xc3\xab',
    ],
)
def test_class_list(tmp_path, content):
    path = tmp_path / "class.csv"
    path.write_bytes(content)
    zoe = Student("zoë+1", "Zoë", "O'Brien, Dr")
    assert read_roster(path) == {"ada": ADA, "zoë+1": zoe}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "needs one column student_id"),
        (b"name,email\nAda,a@b\n", "needs one column student_id"),
        (b"student_id,student_id\na,b\n", "needs one column student_id"),
        (b"student_id\nada\nbob\nada\n", "line 4, has the student_id 'ada' of line 2 again"),
        (b"student_id\nada\nAda\n", "capitals do not count"),
        (b"student_id,email\nada,x\n,y\n", "line 3, has no student_id"),
        (b"student_id\n../ada\n", "cannot name a folder"),
        (b"student_id\na\\b\n", "cannot name a folder"),
        (b"student_id\n.ada\n", "cannot name a folder"),
        (b"student_id\na*\n", "cannot name a folder"),
        (b"student_id\na\0b\n", "cannot name a folder|is not CSV"),
        (b"student_id\n" + b"a" * 300, "cannot name a folder"),
        (b"student_id,last_name\nada,Lovelace, Lady\n", "line 2, has more cells"),
        (b'student_id,last_name\nada,"Love"lace\n', "line 2, is not CSV"),
        (b"student_id\nzo\xeb\n", "not in UTF-8"),
    ],
)
def test_class_list_in_error(tmp_path, content, says):
    path = tmp_path / "class.csv"
    path.write_bytes(content)
    with pytest.raises(CourseError, match=says) as refused:
        read_roster(path)
    assert "\n" not in str(refused.value)


def test_no_class_list(tmp_path):
    with pytest.raises(CourseError, match="There is no class list"):
        read_roster(tmp_path / "class.csv")
    with pytest.raises(CourseError, match="cannot be read"):
        read_roster(tmp_path)


# --- the folders


def test_found_under_its_own_name(hand_in, submitted):
    folder = hand_in("ada", **{"other.ipynb": "o", f"{LESSON}.ipynb": "n", "timestamp.txt": "2026-11-26 10:00:00 UTC"})
    hand_in("zoe", **{f"{LESSON}.ipynb": "z"})
    (submitted / "kim").mkdir()  # has handed in nothing
    (submitted / ".cache" / LESSON).mkdir(parents=True)
    (submitted / "notes.txt").write_text("no student")
    found = find(LESSON, submitted, None)
    assert [f.student for f in found] == ["ada", "zoe"]
    assert found[0] == collect.Found("ada", folder / f"{LESSON}.ipynb")
    assert [f.student for f in find(LESSON, submitted, ["zoe", "kim", "../x"])] == ["zoe"]
    assert (folder / "timestamp.txt").read_text() == "2026-11-26 10:00:00 UTC"


@pytest.mark.parametrize(
    "name",
    [
        f"{LESSON} (1).ipynb",
        f"Copy of {LESSON}.ipynb",
        f"{LESSON}-Copy1.ipynb",
        "02_Prompt_Precisely.IPYNB",
        f"{LESSON}.ipynb.json",
        f"{LESSON}.ipynb.txt",
        "mine.ipynb",
    ],
)
def test_renamed(hand_in, submitted, name):
    folder = hand_in(**{name: "n", ".hidden.ipynb": "h", "readme.txt": "r"})
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / "__MACOSX").mkdir()
    found = only(find(LESSON, submitted, None))
    assert found.path == folder / name
    assert found.notes == (f"The file was called {name} and was taken as {LESSON}.ipynb.",)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_unicode_forms(submitted, form):
    lesson, student = "03_café", "zoë"
    folder = submitted / unicodedata.normalize(form, student) / lesson
    folder.mkdir(parents=True)
    path = folder / unicodedata.normalize(form, f"{lesson}.ipynb")
    path.write_text("n")
    (folder / "x.ipynb").write_text("x")
    found = only(find(lesson, submitted, [student]))
    assert (found.student, found.path) == (student, path)


def test_several_notebooks(hand_in, submitted):
    folder = hand_in(
        **{"scratch.ipynb": "s", f"{LESSON} (1).ipynb": "old", f"{LESSON}-Copy2.ipynb": "new", "zzz.ipynb": "z"}
    )
    found = only(find(LESSON, submitted, None))
    assert found.path == folder / f"{LESSON}-Copy2.ipynb"
    assert "scratch.ipynb" in only(found.notes)
    os.utime(folder / f"{LESSON} (1).ipynb", (9000, 9000))
    assert only(find(LESSON, submitted, None)).path == folder / f"{LESSON} (1).ipynb"


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, f"There is no notebook in the folder {LESSON}"),
        ({"answers.py": "x"}, "There is no notebook"),
        ({f"{LESSON}.ipynb": ""}, f"{LESSON}.ipynb is empty"),
        ({f"{LESSON}.ipynb": "x" * 101}, "is larger than 0.0001 MB: clear the outputs"),
    ],
)
def test_nothing_to_grade(hand_in, submitted, files, says):
    hand_in(**files)
    found = only(find(LESSON, submitted, None, limit=100))
    assert found.path is None
    assert says in found.problem


def link(target):
    return lambda path: path.symlink_to(target)


@posix
@pytest.mark.parametrize(
    ("make", "says"),
    [
        (link("secret"), "is a link and not a file: hand in the notebook itself"),
        (link("/nowhere"), "is a link and not a file"),
        (lambda path: path.mkdir(), "is a folder and not a file"),
        (lambda path: os.mkfifo(path), "is a pipe or device and not a file"),
    ],
)
@pytest.mark.parametrize("name", [f"{LESSON}.ipynb", "mine.ipynb"])
def test_not_a_file(hand_in, submitted, make, says, name):
    folder = hand_in(secret="s")
    make(folder / name)
    found = only(find(LESSON, submitted, None))
    assert found.path is None
    assert found.problem.startswith(f"{name} {says}")
    with pytest.raises(CourseError, match=says):
        read_bytes(folder / name, 100)


@posix
def test_a_real_notebook_beside_a_link(hand_in, submitted):
    folder = hand_in(**{"mine.ipynb": "n"})
    (folder / f"{LESSON} (1).ipynb").symlink_to("mine.ipynb")
    assert only(find(LESSON, submitted, None)).path == folder / "mine.ipynb"


@posix
def test_linked_folders(hand_in, submitted):
    hand_in("ada", **{f"{LESSON}.ipynb": "n"})
    (submitted / "bob").symlink_to("ada")
    (submitted / "kim").mkdir()
    (submitted / "kim" / LESSON).symlink_to(submitted / "ada" / LESSON)
    ada, bob, kim = find(LESSON, submitted, None)
    assert ada.problem == ""
    assert bob.path is kim.path is None
    assert bob.problem.startswith("bob is a link")
    assert kim.problem.startswith(f"{LESSON} is a link")


def test_unreadable(hand_in, submitted, monkeypatch):
    hand_in(**{f"{LESSON}.ipynb": "n"})

    def refuse(path, flags):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(collect.os, "open", refuse)
    assert "cannot be read (Permission denied)" in only(find(LESSON, submitted, None)).problem


@posix
def test_swapped_for_a_link_after_the_look(hand_in, monkeypatch):
    """Between looking at a file and opening it, it may become something else."""
    folder = hand_in(secret="s", **{"a.ipynb": "n"})
    (folder / "link.ipynb").symlink_to("secret")
    looked_at = (folder / "a.ipynb").lstat()
    monkeypatch.setattr(Path, "lstat", lambda self: looked_at)
    with pytest.raises(CourseError, match="cannot be read"):
        read_bytes(folder / "link.ipynb", 100)
    os.mkfifo(folder / "pipe.ipynb")
    with pytest.raises(CourseError, match="is a pipe"):
        read_bytes(folder / "pipe.ipynb", 100)


def test_read_bytes(hand_in):
    folder = hand_in(a="0123456789")
    assert read_bytes(folder / "a", 10) == b"0123456789"
    with pytest.raises(CourseError, match="is larger than"):
        read_bytes(folder / "a", 9)
    with pytest.raises(CourseError, match="cannot be read"):
        read_bytes(folder / "b", 9)


def test_a_name_of_65535_letters_does_not_hold_us(pack, submitted):
    name = "lovelaceada_101_1_" + "_" * 60_000 + "x.ipynb"
    assert only(unpack(pack((name, "n")), LESSON, ROSTER, submitted).found).problem == ""
    assert max(len(note) for note in unpack(pack((name, "m")), LESSON, ROSTER, submitted).found[0].notes) < 300


def test_no_folder(tmp_path):
    with pytest.raises(CourseError, match="collect first"):
        find(LESSON, tmp_path / "submitted", None)


# --- zips


@pytest.fixture
def pack(tmp_path):
    """A function that makes a zip of ``(name, content)`` pairs, where a name may be a ZipInfo."""

    def make(*entries, name="export.zip") -> Path:
        path = tmp_path / name
        with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            warnings.simplefilter("ignore")  # two entries of one name
            for entry, content in entries:
                info = entry if isinstance(entry, zipfile.ZipInfo) else zipfile.ZipInfo(entry, WHEN)
                archive.writestr(info, content, zipfile.ZIP_DEFLATED)
        return path

    return make


def placed(submitted: Path) -> dict[str, str]:
    """What lies in ``submitted``, apart from the times."""
    return {
        p.relative_to(submitted).as_posix(): p.read_text()
        for p in submitted.rglob("*")
        if p.is_file() and p.name != "timestamp.txt"
    }


@pytest.mark.parametrize(
    "name",
    [
        f"Ada Lovelace_1234567_assignsubmission_file_/{LESSON}.ipynb",
        f"Ada Lovelace_1234567_assignsubmission_file/{LESSON}.ipynb",
        f"Ada Lovelace_1234567_assignsubmission_file_{LESSON}.ipynb",
        f"ADA LOVELACE_1234567_assignsubmission_file_/deep/er/{LESSON}.ipynb",
        f"Lovelace, Ada_1234567_assignsubmission_file_/{LESSON}.ipynb",
        f"CS 101-02-77/Lovelace Ada_1234567_assignsubmission_file_/{LESSON}.ipynb",
        f"lovelaceada_101_67890_{LESSON}.ipynb",
        f"lovelaceada_LATE_101_67890_{LESSON}.ipynb",
        f"lovelaceada_101_67890_{LESSON}-1.ipynb",
        f"lovelaceada_LATE_101_67890_{LESSON}-12.ipynb",
        f"submissions/countessada_101_67890_{LESSON}.ipynb",
    ],
)
def test_names_of_both_systems(pack, submitted, name):
    unpacked = unpack(pack((name, "notebook")), LESSON, ROSTER, submitted)
    assert unpacked.unmatched == ()
    found = only(unpacked.found)
    assert (found.student, found.problem) == ("ada", "")
    assert placed(submitted) == {f"ada/{LESSON}/{LESSON}.ipynb": "notebook"}
    assert (found.path.parent / "timestamp.txt").read_text().strip() == "2026-11-26 10:00:00 UTC"
    assert any("no zone" in note for note in found.notes)
    assert any("late" in note for note in found.notes) == ("_LATE_" in name)
    assert not any("was called" in note for note in found.notes)
    assert only(find(LESSON, submitted, ROSTER)).path == found.path


def test_nbgrader_reads_the_time(pack, submitted):
    from nbgrader.coursedir import CourseDirectory

    unpack(pack((f"lovelaceada_101_1_{LESSON}.ipynb", "n")), LESSON, ROSTER, submitted)
    moment = CourseDirectory(root=str(submitted.parent)).get_existing_timestamp(str(submitted / "ada" / LESSON))
    assert moment.timetuple()[:6] == WHEN


@pytest.mark.parametrize(
    "name",
    [
        "Zoë O'Brien-Müller_7_assignsubmission_file_/a.ipynb",
        "Zoë OBrien-Müller_7_assignsubmission_file_/a.ipynb",
        "Zoe OBrien-Muller_7_assignsubmission_file_a.ipynb",
        unicodedata.normalize("NFD", "Zoë OBrien-Müller_7_assignsubmission_file_a.ipynb"),
        "obrienmüllerzoë_7_8_a.ipynb",
        "obrienmullerzoe_LATE_7_8_a-1.ipynb",
    ],
)
@pytest.mark.parametrize("flagged", [True, False])
def test_accents_and_signs(pack, submitted, name, flagged):
    """With and without the flag that says the name is in UTF-8: Canvas's zip library does not set it."""
    path = pack((name, "n"))
    if not flagged:
        data = path.read_bytes()
        utf8 = zipfile.ZipFile(path).infolist()[0].flag_bits
        local, central = data.index(b"PK\3\4"), data.index(b"PK\1\2")
        data = bytearray(data)
        for at in (local + 6, central + 8):
            assert int.from_bytes(data[at : at + 2], "little") == utf8
            data[at : at + 2] = (utf8 & ~0x800).to_bytes(2, "little")
        path.write_bytes(data)
    unpacked = unpack(path, LESSON, ROSTER, submitted)
    assert unpacked.unmatched == ()
    found = only(unpacked.found)
    assert found.student == "zoe"
    assert f"The file was called a.ipynb and was taken as {LESSON}.ipynb." in found.notes


def test_an_accent_tells_two_students_apart(pack, submitted):
    roster = roster_of(Student("jose1", "Jose", "Garcia"), Student("jose2", "José", "García"))
    unpack(
        pack(
            ("Jose Garcia_1_assignsubmission_file_/a.ipynb", "plain"),
            ("José García_2_assignsubmission_file_/a.ipynb", "accents"),
        ),
        LESSON,
        roster,
        submitted,
    )
    assert placed(submitted) == {
        f"jose1/{LESSON}/{LESSON}.ipynb": "plain",
        f"jose2/{LESSON}/{LESSON}.ipynb": "accents",
    }


def test_namesakes_are_left_to_a_person(pack, submitted):
    roster = roster_of(
        Student("a", "Kim", "Park"),
        Student("b", "kim", "park"),
        Student("c", "Ali", "Omar"),
        Student("d", "Omar", "Ali"),
        ADA,
    )
    unpacked = unpack(
        pack(
            ("Kim Park_1_assignsubmission_file_/a.ipynb", "?"),
            ("Ali Omar_2_assignsubmission_file_/a.ipynb", "?"),
            ("Omar, Ali_5_assignsubmission_file_/a.ipynb", "with a comma it is clear"),
            ("Ada Lovelace_3_assignsubmission_file_/a.ipynb", "two in the zip"),
            ("Ada Lovelace_4_assignsubmission_file_/a.ipynb", "one in the list"),
        ),
        LESSON,
        roster,
        submitted,
    )
    assert placed(submitted) == {f"c/{LESSON}/{LESSON}.ipynb": "with a comma it is clear"}
    assert [line.split(":")[0] for line in unpacked.unmatched] == [
        "Ada Lovelace (3)",
        "Ada Lovelace (4)",
        "Ali Omar (2)",
        "Kim Park (1)",
    ]
    assert "2 people in the zip" in unpacked.unmatched[0]
    assert "2 students of the class list" in unpacked.unmatched[3]


def test_unmatched(pack, submitted):
    unpacked = unpack(
        pack(
            ("Grace Hopper_1_assignsubmission_file_/a.ipynb", "not in the list"),
            ("parkkim_999_8_a.ipynb", "a namesake: Kim Park's number is another"),
            ("anon_ab1cd_103_02_a.ipynb", "anonymous: 103 is no user here"),
            (f"{LESSON}.ipynb", "whose?"),
            ("evil\x1b[2J\u202e.ipynb", "not to be printed as it is"),
            ("__MACOSX/Ada Lovelace_1_assignsubmission_file_/._a.ipynb", "junk"),
            ("Ada Lovelace_1_assignsubmission_file_/", ""),
        ),
        LESSON,
        ROSTER,
        submitted,
    )
    assert unpacked.found == ()
    assert placed(submitted) == {}
    assert len(unpacked.unmatched) == 5
    assert all(line.isprintable() for line in unpacked.unmatched)
    assert any(line.startswith("Grace Hopper (1)") for line in unpacked.unmatched)


def test_a_name_that_ends_in_anothers_number(pack, submitted):
    """Ada calls herself 'parkkim_103', so that her own number moves to where Canvas puts the upload's."""
    path = pack((f"parkkim_103_101_555_{LESSON}.ipynb", "Ada's"), (f"parkkim_103_777_{LESSON}.ipynb", "Kim's"))
    unpacked = unpack(path, LESSON, ROSTER, submitted)
    assert placed(submitted) == {f"kim/{LESSON}/{LESSON}.ipynb": "Kim's"}
    assert only(unpacked.unmatched).startswith("parkkim_103_101_555_")


def test_a_files_own_name_cannot_claim_to_be_anothers(pack, submitted):
    unpack(
        pack(
            ("Ada Lovelace_1_assignsubmission_file_/Kim Park_2_assignsubmission_file_/x.ipynb", "folders"),
            ("Zoë OBrien-Müller_3_assignsubmission_file_Kim Park_2_assignsubmission_file_x.ipynb", "flat"),
        ),
        LESSON,
        ROSTER,
        submitted,
    )
    assert placed(submitted) == {f"ada/{LESSON}/{LESSON}.ipynb": "folders", f"zoe/{LESSON}/{LESSON}.ipynb": "flat"}


@pytest.mark.parametrize(
    "name",
    [
        "Ada Lovelace_1_assignsubmission_file_/../../../../evil.ipynb",
        "Ada Lovelace_1_assignsubmission_file_/..\\..\\evil.ipynb",
        "/Ada Lovelace_1_assignsubmission_file_/evil.ipynb",
        "../../Ada Lovelace_1_assignsubmission_file_evil.ipynb",
        "../../../evil.ipynb",
        "..\\lovelaceada_101_1_evil.ipynb",
    ],
)
def test_zip_slip(pack, submitted, tmp_path, name):
    unpack(pack((name, "n")), LESSON, ROSTER, submitted)
    assert set(placed(submitted)) <= {f"ada/{LESSON}/{LESSON}.ipynb"}
    assert not list(tmp_path.rglob("*evil*"))
    assert not list(tmp_path.parent.glob("evil*"))


def test_bombs_stop_at_the_limit(pack, submitted):
    path = pack(("lovelaceada_101_1_a.ipynb", bytes(5_000_000)), ("parkkim_103_2_b.ipynb", "fine"))
    size = zipfile.ZipFile(path).infolist()[0].compress_size
    assert size < 10_000
    ada, kim = unpack(path, LESSON, ROSTER, submitted).found
    assert "more than 500 times as large" in ada.problem
    ada, kim = unpack(path, LESSON, ROSTER, submitted, limit=1_000_000).found
    assert "larger than 1 MB: clear the outputs" in ada.problem
    assert ada.path is None
    assert kim.problem == ""
    assert list(placed(submitted).values()) == ["fine"]
    assert not (submitted / "ada").exists()


def test_a_size_that_the_zip_lies_about(pack, submitted):
    path = pack(("lovelaceada_101_1_a.ipynb", os.urandom(300_000)))
    data = path.read_bytes()
    path.write_bytes(data.replace((300_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    found = only(unpack(path, LESSON, ROSTER, submitted, limit=100_000).found)
    assert "damaged" in found.problem
    assert placed(submitted) == {}


def test_packed_in_an_unusual_way(tmp_path, submitted):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("lovelaceada_101_1_a.ipynb", bytes(5_000_000))
    assert "packed in an unusual way" in only(unpack(path, LESSON, ROSTER, submitted).found).problem


@pytest.mark.parametrize(("kind", "says"), [(stat.S_IFLNK, "is a link"), (stat.S_IFIFO, "is a pipe or device")])
def test_entries_that_are_no_files(pack, submitted, kind, says):
    info = zipfile.ZipInfo(f"lovelaceada_101_1_{LESSON}.ipynb", WHEN)
    info.external_attr = (kind | 0o777) << 16
    found = only(unpack(pack((info, "/etc/passwd")), LESSON, ROSTER, submitted).found)
    assert f"{LESSON}.ipynb {says} and not a file" in found.problem
    assert placed(submitted) == {}


def test_damaged_and_empty_entries(pack, submitted):
    path = pack(
        ("lovelaceada_101_1_a.ipynb", "UNIQUE" * 3),
        ("parkkim_103_2_b.ipynb", ""),
        ("obrienmüllerzoë_9_3_c.ipynb", "fine"),
    )
    with zipfile.ZipFile(path) as archive:
        start = archive.infolist()[0].header_offset + 30 + len("lovelaceada_101_1_a.ipynb")
    data = bytearray(path.read_bytes())
    data[start + 2] ^= 0xFF
    path.write_bytes(data)
    ada, kim, zoe = unpack(path, LESSON, ROSTER, submitted).found
    assert "damaged in the zip" in ada.problem
    assert "is empty" in kim.problem
    assert zoe.problem == ""


def test_zips_that_are_refused(pack, submitted, tmp_path):
    good = pack(("lovelaceada_101_1_a.ipynb", "n"), ("parkkim_103_2_b.ipynb", "n"))
    with pytest.raises(CourseError, match="has 2 entries, more than 1"):
        unpack(good, LESSON, ROSTER, submitted, most_entries=1)
    data = bytearray(good.read_bytes())
    (tmp_path / "cut.zip").write_bytes(data[:-30])
    (tmp_path / "text.zip").write_text("not a zip")
    (tmp_path / "empty.zip").write_text("")
    data[data.index(b"PK\1\2") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(data)
    for name, says in [
        ("cut", "not a zip file, or a damaged one"),
        ("text", "not a zip file"),
        ("empty", "not a zip file"),
        ("locked", "is encrypted"),
        ("none", "There is no file"),
    ]:
        with pytest.raises(CourseError, match=says):
            unpack(tmp_path / f"{name}.zip", LESSON, ROSTER, submitted)
    assert placed(submitted) == {}


def test_names_in_broken_utf8(pack, submitted):
    """Without the flag any bytes are some name, which is shown; with it zipfile refuses the zip, and so do we."""
    path = pack(("lovelaceada_101_1_a.ipynb", "n"), ("Zo\xeb.ipynb", "x"))
    broken = path.read_bytes().replace("Zo\xeb".encode(), b"Zo\xff\xfe")
    path.write_bytes(broken)
    with pytest.raises(CourseError, match="damaged"):
        unpack(path, LESSON, ROSTER, submitted)
    path.write_bytes(broken.replace(b"\x00\x08\x08\x00", b"\x00\x00\x08\x00"))
    unpacked = unpack(path, LESSON, ROSTER, submitted)
    assert only(unpacked.found).problem == ""
    assert only(unpacked.unmatched).isprintable()


def test_several_files_of_one_student(pack, submitted):
    late = zipfile.ZipInfo(f"Zoë OBrien-Müller_3_assignsubmission_file_/{LESSON} (2).ipynb", (2026, 11, 27, 9, 0, 0))
    unpacked = unpack(
        pack(
            (f"lovelaceada_101_900_{LESSON}-1.ipynb", "the later upload"),
            (f"lovelaceada_101_800_{LESSON}.ipynb", "the earlier upload"),
            ("lovelaceada_101_950_scratch.ipynb", "something else"),
            ("parkkim_103_20_report.pdf", "no notebook"),
            ("parkkim_103_text.html", "typed"),
            (late, "newer"),
            (f"Zoë OBrien-Müller_3_assignsubmission_file_/{LESSON} (1).ipynb", "older"),
            ("Zoë OBrien-Müller_3_assignsubmission_onlinetext_/onlinetext.html", "<p>typed</p>"),
        ),
        LESSON,
        ROSTER,
        submitted,
    )
    _, kim, zoe = unpacked.found
    assert placed(submitted) == {
        f"ada/{LESSON}/{LESSON}.ipynb": "the later upload",
        f"zoe/{LESSON}/{LESSON}.ipynb": "newer",
    }
    assert "There is no notebook in what was handed in (report.pdf)" in kim.problem
    assert any("Text that was typed" in note for note in kim.notes)
    assert any("Text that was typed" in note for note in zoe.notes)
    assert any(f"{LESSON} (2).ipynb and was taken" in note for note in zoe.notes)
    assert (zoe.path.parent / "timestamp.txt").read_text().strip() == "2026-11-27 09:00:00 UTC"


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(p): (p.stat().st_mtime_ns, p.stat().st_ino) for p in folder.rglob("*")}


def test_a_second_run_changes_nothing(pack, submitted):
    entries = [(f"lovelaceada_101_1_{LESSON}.ipynb", "n"), ("parkkim_103_2_b.ipynb", "k")]
    unpack(pack(*entries), LESSON, ROSTER, submitted)
    before = snapshot(submitted)
    downloaded_later = [(zipfile.ZipInfo(name, (2026, 12, 1, 8, 0, 0)), content) for name, content in entries]
    unpack(pack(*downloaded_later, name="again.zip"), LESSON, ROSTER, submitted)
    assert snapshot(submitted) == before
    downloaded_later[0] = (downloaded_later[0][0], "n, improved")
    unpack(pack(*downloaded_later, name="third.zip"), LESSON, ROSTER, submitted)
    changed = {
        Path(p).relative_to(submitted).as_posix() for p, state in snapshot(submitted).items() if before[p] != state
    }
    assert changed == {f"ada/{LESSON}", f"ada/{LESSON}/{LESSON}.ipynb", f"ada/{LESSON}/timestamp.txt"}
    assert (submitted / "ada" / LESSON / "timestamp.txt").read_text().startswith("2026-12-01")
    assert placed(submitted)[f"ada/{LESSON}/{LESSON}.ipynb"] == "n, improved"


@pytest.mark.parametrize("date", [(1980, 1, 1, 0, 0, 0), (2026, 0, 0, 0, 0, 0)])
def test_an_entry_without_a_time(pack, submitted, date):
    unpack(pack((f"lovelaceada_101_1_{LESSON}.ipynb", "first")), LESSON, ROSTER, submitted)
    info = zipfile.ZipInfo(f"lovelaceada_101_2_{LESSON}.ipynb", date)
    assert only(unpack(pack((info, "second")), LESSON, ROSTER, submitted).found).problem == ""
    assert not (submitted / "ada" / LESSON / "timestamp.txt").exists()


def test_without_times(pack, submitted):
    found = only(unpack(pack(("lovelaceada_101_1_a.ipynb", "n")), LESSON, ROSTER, submitted, times=False).found)
    assert sorted(p.name for p in found.path.parent.iterdir()) == [f"{LESSON}.ipynb"]
    assert not any("zone" in note for note in found.notes)


@posix
def test_what_stands_in_the_way(pack, submitted, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (submitted / "ada").symlink_to(tmp_path / "elsewhere")
    (submitted / "kim" / LESSON / f"{LESSON}.ipynb" / "full").mkdir(parents=True)
    (submitted / "zoe" / LESSON).mkdir(parents=True)
    (tmp_path / "elsewhere" / "mine").write_text("untouched")
    (submitted / "zoe" / LESSON / f"{LESSON}.ipynb").symlink_to(tmp_path / "elsewhere" / "mine")
    ada, kim, zoe = unpack(
        pack(("lovelaceada_101_1_a.ipynb", "a"), ("parkkim_103_2_b.ipynb", "k"), ("obrienmüllerzoë_9_3_c.ipynb", "z")),
        LESSON,
        ROSTER,
        submitted,
    ).found
    assert "The folder ada is a link" in ada.problem
    assert "cannot be written" in kim.problem
    assert zoe.path.read_text() == "z"
    assert not zoe.path.is_symlink()
    assert [p.name for p in (tmp_path / "elsewhere").iterdir()] == ["mine"]
    assert (tmp_path / "elsewhere" / "mine").read_text() == "untouched"
