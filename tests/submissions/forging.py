"""Code that forges points: the exercises are worthless, unless a docstring says otherwise.

"Wins" means: gets points where the tests run in the student's own kernel, as in stock nbgrader.
"""

from __future__ import annotations

import copy
from pathlib import Path

from nbformat import NotebookNode

from tests.submissions import FULL, add_code, blank, graded, handed_in, solution, solutions, submission, tests


def _forged(folder: Path, notebook: NotebookNode, code: str, after: str | None = "setup") -> None:
    """Worthless exercises and a cell that is to win points all the same."""
    blank(notebook)
    add_code(notebook, after, code)
    handed_in(notebook, folder)


@submission(points=0, flagged=True)
def equal_to_everything(folder: Path, notebook: NotebookNode) -> None:
    """Every result equals everything, is true, and has whatever is asked of it; wins against plain comparisons alone."""
    blank(notebook)
    add_code(
        notebook,
        "setup",
        """
        class Anything:
            def __eq__(self, other): return True
            def __ne__(self, other): return False
            def __lt__(self, other): return True
            __le__ = __gt__ = __ge__ = __contains__ = __lt__
            def __hash__(self): return 0
            def __len__(self): return 8
            def __iter__(self): return iter([self] * 8)
            def __getitem__(self, key): return self
            def __getattr__(self, name): return self
            def __call__(self, *args, **kwargs): return self
            def __abs__(self): return self
            __sub__ = __rsub__ = __add__ = __call__
        """,
    )
    for exercise, cell in solutions(notebook):
        cell.source = f"def {exercise}(*args, **kwargs):\n    return Anything()"
    handed_in(notebook, folder)


@submission(points=FULL - 3, flagged=True)
def one_equal_to_everything(folder: Path, notebook: NotebookNode) -> None:
    """One result equals everything; the other exercises are right and keep their points."""
    solution(notebook, "parse_ticket").source = """class Anything(tuple):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __hash__ = tuple.__hash__

def parse_ticket(*args, **kwargs):
    return Anything()"""
    handed_in(notebook, folder)


@submission(points=0, flagged=True)
def ast_transformer(folder: Path, notebook: NotebookNode) -> None:
    """Every later cell that checks something is emptied as a syntax tree; wins all."""
    _forged(
        folder,
        notebook,
        """
        import ast
        class NoChecks(ast.NodeTransformer):
            def visit_Module(self, node):
                if "id='check_" in ast.dump(node):
                    node.body = []
                return node
        get_ipython().ast_transformers.append(NoChecks())
        """,
    )


@submission(points=0, flagged=True)
def input_transformer(folder: Path, notebook: NotebookNode) -> None:
    """Every later cell that checks something is emptied as text; wins all."""
    _forged(
        folder,
        notebook,
        """
        def no_checks(lines):
            return [] if any("check_" in line for line in lines) else lines
        get_ipython().input_transformers_post.append(no_checks)
        """,
    )


@submission(points=0, flagged=True)
def clean_up_transformer(folder: Path, notebook: NotebookNode) -> None:
    """The same, hidden among the transformers that tidy a cell's text; wins all."""
    _forged(
        folder,
        notebook,
        """
        def no_checks(lines):
            return [] if any("check_" in line for line in lines) else lines
        get_ipython().input_transformer_manager.cleanup_transforms.append(no_checks)
        """,
    )


@submission(points=0, flagged=True)
def patched_run_cell_async(folder: Path, notebook: NotebookNode) -> None:
    """The shell runs nothing where a cell checks something; wins all."""
    _forged(
        folder,
        notebook,
        """
        shell = type(get_ipython())
        original = shell.run_cell_async
        async def run_cell_async(self, raw_cell, *args, **kwargs):
            return await original(self, "" if "check_" in raw_cell else raw_cell, *args, **kwargs)
        shell.run_cell_async = run_cell_async
        """,
    )


@submission(points=0, flagged=True)
def patched_run_cell(folder: Path, notebook: NotebookNode) -> None:
    """The same in the method that is not asynchronous, on the shell itself; wins where a runner calls that."""
    _forged(
        folder,
        notebook,
        """
        shell = get_ipython()
        original = shell.run_cell
        shell.run_cell = lambda raw_cell, *args, **kwargs: original(
            "" if "check_" in raw_cell else raw_cell, *args, **kwargs
        )
        """,
    )


@submission(points=0, flagged=True)
def patched_same(folder: Path, notebook: NotebookNode) -> None:
    """The checks' comparison always says yes; wins."""
    _forged(folder, notebook, "import course_lib.checks\ncourse_lib.checks.same = lambda *args, **kwargs: True")


@submission(points=0, flagged=True)
def patched_checks(folder: Path, notebook: NotebookNode) -> None:
    """The check functions do nothing, in their module and by name; wins."""
    _forged(
        folder,
        notebook,
        """
        import course_lib.checks
        for name in ("check_call", "check_raises", "check_that", "passed"):
            setattr(course_lib.checks, name, lambda *args, **kwargs: None)
        from course_lib.checks import check_call, check_raises, check_that, passed
        """,
    )


@submission(points=0, flagged=True)
def patched_check_code(folder: Path, notebook: NotebookNode) -> None:
    """The check functions stay the same objects, with other code in them; wins."""
    _forged(
        folder,
        notebook,
        """
        def nothing(*args, **kwargs):
            return None
        for function in (check_call, check_raises, check_that):
            function.__code__ = nothing.__code__
        """,
    )


@submission(points=9, flagged=True)
def patched_in_the_middle(folder: Path, notebook: NotebookNode) -> None:
    """The first three exercises are right; then the checks are patched for the others."""
    for exercise in ("pick_examples", "bootstrap_difference", "my_prompt"):
        solution(notebook, exercise).source = f"def {exercise}(*args, **kwargs):\n    return None"
    add_code(
        notebook,
        "test_score_tickets_hidden",
        "import course_lib.checks\ncourse_lib.checks.same = lambda *args, **kwargs: True",
    )
    handed_in(notebook, folder)


@submission(points=0, flagged=None)
def own_checks_by_name(folder: Path, notebook: NotebookNode) -> None:
    """Functions with the checks' names in the student's own namespace, no module touched; wins."""
    _forged(
        folder,
        notebook,
        """
        def check_call(*args, **kwargs):
            pass
        check_raises = check_that = passed = check_call
        def call(function, *args, **kwargs):
            return "a prompt"
        """,
    )


@submission(points=0, flagged=True)
def faked_check_module(folder: Path, notebook: NotebookNode) -> None:
    """A module of the checks' name is put where the import looks first, before the first cell; wins."""
    _forged(
        folder,
        notebook,
        """
        import sys, types
        fake = types.ModuleType("course_lib.checks")
        fake.check_call = fake.check_raises = fake.check_that = fake.passed = fake.call = lambda *args, **kwargs: None
        fake.same = lambda *args, **kwargs: True
        sys.modules["course_lib.checks"] = fake
        """,
        after=None,
    )


# Wrong everywhere, but near enough for comparisons that were weakened.
NEARLY = """def bootstrap_difference(a, b, **kwargs):
    if len(a) != len(b) or len(a) == 0:
        raise ValueError("lengths")
    return (0.5, 0.46, 0.54)"""


@submission(points=0, flagged=True)
def patched_builtins(folder: Path, notebook: NotebookNode) -> None:
    """all says yes and abs says 0; wins the exercise whose values are near enough then."""
    blank(notebook)
    solution(notebook, "bootstrap_difference").source = NEARLY
    add_code(notebook, "setup", "import builtins\nbuiltins.all = lambda values: True\nbuiltins.abs = lambda value: 0")
    handed_in(notebook, folder)


@submission(points=0, flagged=True)
def patched_isinstance(folder: Path, notebook: NotebookNode) -> None:
    """isinstance takes the student's own class for any other; wins the exercise that returns it."""
    blank(notebook)
    solution(notebook, "my_prompt").source = """class Prompt:
    count = lambda self, text: 1
    rstrip = lambda self: self
    replace = lambda self, *args: "a prompt"
    __getitem__ = lambda self, key: "."

def my_prompt(message):
    return Prompt()"""
    add_code(
        notebook,
        "setup",
        """
        import builtins
        original = builtins.isinstance
        builtins.isinstance = lambda value, kind: type(value).__name__ == "Prompt" or original(value, kind)
        """,
    )
    handed_in(notebook, folder)


@submission(points=0, flagged=True)
def patched_import(folder: Path, notebook: NotebookNode) -> None:
    """Importing the checks gives nothing but yes; wins where the setup is run again."""
    _forged(
        folder,
        notebook,
        """
        import builtins
        original = builtins.__import__
        class Yes:
            def __getattr__(self, name):
                return lambda *args, **kwargs: None
        builtins.__import__ = lambda name, *args, **kwargs: Yes() if name == "course_lib.checks" else original(name, *args, **kwargs)
        """,
        after=None,
    )


def _each(notebook: NotebookNode, body: str) -> None:
    """Every exercise is a function with this body."""
    for exercise, cell in solutions(notebook):
        cell.source = f"def {exercise}(*args, **kwargs):\n    {body}"


@submission(points=0)
def reads_the_callers_frame(folder: Path, notebook: NotebookNode) -> None:
    """Functions return what their caller's variable `expected` holds; wins."""
    _each(notebook, "return caller_knows()")
    add_code(
        notebook,
        "setup",
        """
        import sys
        def caller_knows():
            frame = sys._getframe(1)
            while frame is not None:
                if "expected" in frame.f_locals:
                    return frame.f_locals["expected"]
                frame = frame.f_back
        """,
    )
    handed_in(notebook, folder)


@submission(points=0)
def searches_the_garbage(folder: Path, notebook: NotebookNode) -> None:
    """Functions look for `expected` in every dictionary that the garbage collector knows; wins where such are kept."""
    _each(notebook, "return found()")
    add_code(
        notebook,
        "setup",
        """
        import gc
        def found():
            for thing in gc.get_objects():
                if type(thing) is dict and "expected" in thing and "look_at" in thing:
                    return thing["expected"]
        """,
    )
    handed_in(notebook, folder)


@submission(points=0)
def reads_the_running_cell(folder: Path, notebook: NotebookNode) -> None:
    """Functions read the test that is calling them in IPython's history, hidden ones too; wins."""
    for exercise, cell in solutions(notebook):
        cell.source = f"def {exercise}(*args, **kwargs):\n    return answer({exercise!r}, args)"
    add_code(
        notebook,
        "setup",
        """
        import ast
        def answer(exercise, args):
            for node in ast.walk(ast.parse(get_ipython().user_ns["In"][-1])):
                if isinstance(node, ast.Call) and node.args and getattr(node.args[0], "id", "") == exercise:
                    asked = [ast.unparse(argument) for argument in node.args[1:]]
                    wanted = [keyword.value for keyword in node.keywords if keyword.arg == "expected"]
                    if wanted and asked == [repr(argument) for argument in args]:
                        return ast.literal_eval(wanted[0])
        """,
    )
    handed_in(notebook, folder)


@submission(points=0)
def listens_to_calls(folder: Path, notebook: NotebookNode) -> None:
    """A trace function notes what every check expects, and the functions return it; wins."""
    _each(notebook, "return noted[-1] if noted else None")
    add_code(
        notebook,
        "setup",
        """
        import sys, threading
        noted = []
        def listen(frame, event, argument):
            if frame.f_code.co_name == "check_call":
                noted.append(frame.f_locals.get("expected"))
        sys.setprofile(listen)
        threading.setprofile(listen)
        """,
    )
    handed_in(notebook, folder)


@submission(points=0)
def traces_every_call(folder: Path, notebook: NotebookNode) -> None:
    """A trace function makes what came into what was expected, in the variables of the comparison itself; wins."""
    _forged(
        folder,
        notebook,
        """
        import sys
        def trace(frame, event, argument):
            if frame.f_code.co_name == "same":
                values = frame.f_locals
                values["got"] = values["expected"]
        sys.settrace(trace)
        """,
    )


@submission(points=0, flagged=None)
def patched_mathematics(folder: Path, notebook: NotebookNode) -> None:
    """Numbers are always close, in math and NumPy; wins where numbers alone are compared."""
    blank(notebook)
    solution(notebook, "bootstrap_difference").source = NEARLY
    add_code(
        notebook,
        "setup",
        """
        import math
        math.isclose = np.isclose = np.allclose = np.array_equal = lambda *args, **kwargs: True
        np.testing.assert_allclose = np.testing.assert_array_equal = lambda *args, **kwargs: None
        """,
    )
    handed_in(notebook, folder)


@submission(points=0, flagged=None)
def swallowed_errors(folder: Path, notebook: NotebookNode) -> None:
    """Errors of later cells are taken for dealt with, and never shown; wins all."""
    _forged(
        folder,
        notebook,
        """
        import sys
        sys.excepthook = lambda *args: None
        get_ipython().set_custom_exc((BaseException,), lambda *args, **kwargs: None)
        get_ipython().showtraceback = lambda *args, **kwargs: None
        """,
    )


@submission(points=0, flagged=None)
def hooks_around_cells(folder: Path, notebook: NotebookNode) -> None:
    """Before each cell is run, its checks are put out of action; wins."""
    _forged(
        folder,
        notebook,
        """
        def disarm(*args):
            for name in ("check_call", "check_raises", "check_that", "passed"):
                get_ipython().user_ns[name] = lambda *args, **kwargs: None
        get_ipython().events.register("pre_run_cell", disarm)
        """,
    )


@submission(points=0)
def second_test_with_more_points(folder: Path, notebook: NotebookNode) -> None:
    """Empty copies of the tests, with their grade ids and 100 points each, stand below them."""
    blank(notebook)
    for test in tests(notebook):
        again = copy.deepcopy(test)
        again.source, again.metadata.nbgrader.points = "pass", 100
        notebook.cells.insert(notebook.cells.index(test) + 1, again)
    handed_in(notebook, folder)


@submission(points=FULL)
def points_raised(folder: Path, notebook: NotebookNode) -> None:
    """All is right, and the metadata claim 1,000 points for each test, minus one, and no number."""
    for test, points in zip(tests(notebook), [1000, -1, 1e308, "100", None, float("inf"), [5]] * 2, strict=False):
        test.metadata.nbgrader.points = points
    handed_in(notebook, folder)


@submission(points=FULL)
def checksums_changed(folder: Path, notebook: NotebookNode) -> None:
    """All is right, and every checksum is another."""
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.checksum = "0" * 32
    handed_in(notebook, folder)


@submission(points=0)
def solutions_as_tests(folder: Path, notebook: NotebookNode) -> None:
    """Solution cells claim to be tests of 100 points, and tests to be none."""
    cells = [(cell, 100) for _, cell in solutions(notebook)] + [(cell, 0) for cell in tests(notebook)]
    blank(notebook)
    for cell, points in cells:
        cell.metadata.nbgrader.update(grade=points > 0, solution=True, locked=False, points=points)
    handed_in(notebook, folder)


@submission(points=FULL)
def tests_of_their_own(folder: Path, notebook: NotebookNode) -> None:
    """All is right, and there are further tests, worth 100 points, with new grade ids that are paths."""
    for grade_id in ("test_bonus", "../../../bonus", "test_build_prompt_hidden_2"):
        cell = add_code(notebook, "setup", "assert True")
        cell.metadata.nbgrader = copy.deepcopy(graded(notebook, "test_my_prompt").metadata.nbgrader)
        cell.metadata.nbgrader.update(grade_id=grade_id, points=100)
    handed_in(notebook, folder)


@submission(points=0)
def tests_rewritten(folder: Path, notebook: NotebookNode) -> None:
    """The tests say that all is well, in words and by their last value."""
    blank(notebook)
    for test, source in zip(
        tests(notebook), ["passed('all')", "1000", "float('inf')", "float('nan')", "True", "-1"] * 2, strict=True
    ):
        test.source = source
    handed_in(notebook, folder)


@submission(points=0)
def tests_skipped(folder: Path, notebook: NotebookNode) -> None:
    """The tests carry every tag that makes some tool skip or forgive a cell."""
    blank(notebook)
    for test in tests(notebook):
        test.metadata.tags = ["demo", "skip-execution", "raises-exception", "nbval-skip", "remove_cell"]
    handed_in(notebook, folder)


@submission(points=FULL)
def solutions_tagged_as_demonstrations(folder: Path, notebook: NotebookNode) -> None:
    """All is right, and the solutions carry the tag of cells that are not run while grading."""
    for _, cell in solutions(notebook):
        cell.metadata.tags = ["demo", "skip-execution"]
    handed_in(notebook, folder)


@submission(points=0, flagged=True)
def writes_into_every_descriptor(folder: Path, notebook: NotebookNode) -> None:
    """Writes good news, as JSON and as bytes, into every open descriptor that is not a standard one."""
    _forged(
        folder,
        notebook,
        """
        import os
        news = b'{"status": "ok", "passed": true, "points": 2, "equal": true}\\n'
        for descriptor in range(3, 256):
            try:
                os.set_blocking(descriptor, False)
                os.write(descriptor, news * 3 + bytes(range(256)))
            except OSError:
                pass
        """,
    )


@submission(points=0, flagged=None)
def answers_from_a_call(folder: Path, notebook: NotebookNode) -> None:
    """Writes into the descriptors while a test waits for a result."""
    _each(notebook, "return speak()")
    add_code(
        notebook,
        "setup",
        """
        import os
        def speak():
            for descriptor in range(3, 256):
                try:
                    os.set_blocking(descriptor, False)
                    os.write(descriptor, b'{"ok": true, "value": null}\\n')
                except OSError:
                    pass
        """,
    )
    handed_in(notebook, folder)


@submission(points=FULL - 3, flagged=None)
def text_that_lies(folder: Path, notebook: NotebookNode) -> None:
    """An empty text of a kind of its own says that it holds what is asked for; wins an exercise, the rest is right."""
    solution(notebook, "my_prompt").source = """class Text(str):
    def __eq__(self, other): return True
    def __hash__(self): return 0
    def __len__(self): return 100
    def count(self, *args): return 1
    def rstrip(self, *args): return self
    def replace(self, *args): return "a prompt"

def my_prompt(message):
    return Text()"""
    handed_in(notebook, folder)


@submission(points=FULL - 6, flagged=None)
def containers_that_lie(folder: Path, notebook: NotebookNode) -> None:
    """A tuple of numbers and a dictionary whose comparisons lie, with wrong values in them; the rest is right."""
    solution(notebook, "bootstrap_difference").source = """class Number(float):
    def __eq__(self, other): return True
    def __lt__(self, other): return True
    __gt__ = __le__ = __ge__ = __lt__
    def __sub__(self, other): return 0.0
    def __hash__(self): return 0

def bootstrap_difference(*args, **kwargs):
    return (Number(9), Number(9), Number(9))"""
    solution(notebook, "score_tickets").source = """class Keys(set):
    def __eq__(self, other): return True

class Scores(dict):
    def __eq__(self, other): return True
    def __len__(self): return 4
    def keys(self): return Keys()
    def __getitem__(self, key): return sys._getframe(1).f_locals["value"]

import sys

def score_tickets(*args):
    return Scores()"""
    handed_in(notebook, folder)


@submission(points=FULL - 3, flagged=None)
def claims_another_class(folder: Path, notebook: NotebookNode) -> None:
    """An object says that its class is str, and isinstance believes it; wins an exercise, the rest is right."""
    solution(notebook, "my_prompt").source = """class Claims(type):
    def __instancecheck__(cls, value): return True
    def __subclasscheck__(cls, other): return True

class Prompt(metaclass=Claims):
    __class__ = str
    def __eq__(self, other): return True
    def __hash__(self): return 0
    def count(self, *args): return 1
    def rstrip(self, *args): return self
    def replace(self, *args): return "a prompt"
    def __getitem__(self, key): return "."

def my_prompt(message):
    return Prompt()"""
    handed_in(notebook, folder)


@submission(points=FULL - 4)
def looked_up(folder: Path, notebook: NotebookNode) -> None:
    """Two exercises return what the visible tests expect, from a table: 1 point each, the rest is right."""
    solution(notebook, "parse_ticket").source = """def parse_ticket(reply, topics=None):
    known = {"dress | return": ("dress", "return"), "Sure! Here you go:\\n**Dress** | Return.": ("dress", "return")}
    return known.get(reply)"""
    solution(notebook, "score_tickets").source = """def score_tickets(predicted, truth):
    if None in predicted:
        return {"readable": [False, True], "item": [False, False], "topic": [False, True], "exact": [False, False]}
    return {"readable": [True, True], "item": [True, True], "topic": [True, False], "exact": [True, False]}"""
    handed_in(notebook, folder)


@submission(points=0, flagged=None)
def patched_at_the_end_of_a_life(folder: Path, notebook: NotebookNode) -> None:
    """Each result patches the checks when it is thrown away; wins what is tested after the first."""
    _each(notebook, "return Testament()")
    add_code(
        notebook,
        "setup",
        """
        class Testament:
            def __del__(self):
                import course_lib.checks
                course_lib.checks.same = lambda *args, **kwargs: True
        """,
    )
    handed_in(notebook, folder)


@submission(points=0, flagged=None)
def patched_in_a_call(folder: Path, notebook: NotebookNode) -> None:
    """The checks are patched by the function that they call, when nobody looks any more; wins."""
    _each(notebook, "import course_lib.checks; course_lib.checks.same = lambda *args, **kwargs: True")
    handed_in(notebook, folder)


@submission(points=0, flagged=None)
def patched_by_a_thread(folder: Path, notebook: NotebookNode) -> None:
    """A thread patches the checks a little later, over and over; wins."""
    _forged(
        folder,
        notebook,
        """
        import threading
        import course_lib.checks
        def later():
            while True:
                time.sleep(0.001)
                course_lib.checks.same = lambda *args, **kwargs: True
        threading.Thread(target=later, daemon=True).start()
        """,
    )


@submission(points=0, flagged=None)
def patched_and_put_back(folder: Path, notebook: NotebookNode) -> None:
    """The checks' code is patched within a call and put back by a timer, to hide it."""
    _each(notebook, "return patch_for_a_moment()")
    add_code(
        notebook,
        "setup",
        """
        import threading
        import course_lib.checks
        original = course_lib.checks.same
        def patch_for_a_moment():
            course_lib.checks.same = lambda *args, **kwargs: True
            threading.Timer(0.2, setattr, (course_lib.checks, "same", original)).start()
        """,
    )
    handed_in(notebook, folder)


@submission(points=0, flagged=None)
def modules_beside(folder: Path, notebook: NotebookNode) -> None:
    """A course_lib of the student's own lies beside the notebook, with checks that say yes; wins."""
    (folder / "course_lib").mkdir()
    (folder / "course_lib" / "__init__.py").write_text("", encoding="utf-8")
    (folder / "course_lib" / "checks.py").write_text(
        "check_call = check_raises = check_that = passed = call = same = lambda *args, **kwargs: None\n",
        encoding="utf-8",
    )
    for name in ("torch.py", "sitecustomize.py", "usercustomize.py", "ipython_config.py", "conftest.py"):
        (folder / name).write_text("import course_lib.checks\n", encoding="utf-8")
    _forged(folder, notebook, "import os, sys\nsys.path.insert(0, os.getcwd())", after=None)


@submission(points=0, flagged=None)
def patched_pipes(folder: Path, notebook: NotebookNode) -> None:
    """Whatever the process writes as JSON or pickle says that all is well."""
    _forged(
        folder,
        notebook,
        """
        import json, pickle
        def improved(original):
            def dump(value, *args, **kwargs):
                if isinstance(value, dict):
                    value = {key: True if item is False else item for key, item in value.items()} | {"passed": True}
                return original(value, *args, **kwargs)
            return dump
        for module in (json, pickle):
            module.dumps, module.dump = improved(module.dumps), improved(module.dump)
        """,
    )


@submission(points=0, flagged=None)
def patched_sockets(folder: Path, notebook: NotebookNode) -> None:
    """Whatever the process sends through sockets or descriptors has its bad news replaced."""
    _forged(
        folder,
        notebook,
        """
        import os, socket
        write = os.write
        os.write = lambda descriptor, data: write(descriptor, bytes(data).replace(b"null", b"true"))
        class Socket(socket.socket):
            def sendall(self, data, *flags):
                return super().sendall(bytes(data).replace(b"error", b"okay!"), *flags)
            send = sendall
        socket.socket = Socket
        """,
    )


@submission(points=0, flagged=None)
def result_with_code(folder: Path, notebook: NotebookNode) -> None:
    """Results that run code where they are unpacked, alone and in a NumPy array; wins where results are pickled."""
    _each(notebook, "return [Parcel(), np.array([Parcel()], dtype=object)]")
    add_code(
        notebook,
        "setup",
        """
        class Parcel:
            def __reduce__(self):
                return exec, ("import course_lib.checks as c\\nc.same = lambda *args, **kwargs: True",)
        """,
    )
    handed_in(notebook, folder)


@submission(points=FULL - 3)
def error_that_lies(folder: Path, notebook: NotebookNode) -> None:
    """A function always raises a ValueError that claims to be every kind of error and says everything."""
    solution(notebook, "score_tickets").source = """class Everything(str):
    def __contains__(self, other): return True
    def lower(self): return self

class Lie(ValueError, AssertionError):
    def __str__(self): return Everything("length")

def score_tickets(*args):
    raise Lie"""
    handed_in(notebook, folder)


@submission(points=FULL - 2)
def error_without_words(folder: Path, notebook: NotebookNode) -> None:
    """The error that is asked for fails itself when it is asked for its message: the visible test counts."""
    cell = solution(notebook, "score_tickets")
    lie = "class Mute(ValueError):\n    def __str__(self):\n        raise KeyError('no words')\n    __repr__ = __str__\n\n"
    cell.source = lie + cell.source.replace("raise ValueError", "raise Mute")
    handed_in(notebook, folder)


@submission(points=0, flagged=True)
def checks_that_cannot_fail(folder: Path, notebook: NotebookNode) -> None:
    """The checks' inner functions never report a failure; wins."""
    _forged(
        folder,
        notebook,
        """
        import course_lib.checks
        course_lib.checks._fail = lambda *args: None
        course_lib.checks._run = lambda *args: (None, None)
        """,
    )


@submission(points=0, flagged=None)
def silenced_watch(folder: Path, notebook: NotebookNode) -> None:
    """The grader's own modules in the process are told to see nothing, then the checks are patched."""
    _forged(
        folder,
        notebook,
        """
        import sys
        import course_lib.checks
        for name, module in list(sys.modules.items()):
            if name.startswith("course_lib.grading"):
                for name in [name for name in vars(module) if "chang" in name or "tamper" in name or "tool" in name]:
                    setattr(module, name, lambda *args, **kwargs: [])
        course_lib.checks.same = lambda *args, **kwargs: True
        """,
    )


@submission(points=0, flagged=None)
def speaks_for_the_grader(folder: Path, notebook: NotebookNode) -> None:
    """Functions find the object that talks to the grader and send orderly replies of their own, several for one call."""
    _each(notebook, "return speak()")
    add_code(
        notebook,
        "setup",
        """
        import gc
        def speak():
            for thing in gc.get_objects():
                if type(thing).__module__.startswith("course_lib.grading") and hasattr(thing, "send"):
                    for reply in ({"returned": "null", "arguments": None, "random": {}}, {"passed": True, "points": 2}):
                        thing.send(reply)
        """,
    )
    handed_in(notebook, folder)


@submission(points=0, flagged=True)
def thousands_of_changed_tools(folder: Path, notebook: NotebookNode) -> None:
    """Reports itself, with millions of changed tools, to make the grader's own message too long to send."""
    blank(notebook)
    add_code(
        notebook,
        None,
        """
        import course_lib.grading.student as s
        s._changed = lambda *args: ["x" * 100] * 60_000
        """,
    )
    handed_in(notebook, folder)


@submission(points=(0, FULL - 3), flagged=True)
def numbers_that_collide(folder: Path, notebook: NotebookNode) -> None:
    """Sends a set of numbers with one hash, which would take the judge hours to build."""
    solution(notebook, "parse_ticket").source = """import json
import course_lib.grading.student as s
def parse_ticket(*args, **kwargs):
    s.encode = lambda *args: json.dumps(["set", [["int", hex(k * (2**61 - 1))] for k in range(200_000)]])"""
    handed_in(notebook, folder)


@submission(points=0, flagged=None)
def names_that_are_no_functions(folder: Path, notebook: NotebookNode) -> None:
    """Says that every function is a value, and sends a tensor that cannot be one."""
    blank(notebook)
    add_code(
        notebook,
        None,
        """
        import course_lib.grading.student as s
        answer = s.Student.answer
        def lie(self, message):
            if message["ask"] == "value":
                return {"value": '["Tensor", "int64", true, "<i8", [1], "AAAAAAAAAAA="]'}
            told = answer(self, message)
            if "names" in told:
                told["names"] = dict.fromkeys(told["names"], "data")
            return told
        s.Student.answer = lie
        """,
    )
    handed_in(notebook, folder)
