//! The rooms of the house: who may know whom. Read from the source, so that an arrow that goes up fails here.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use syn::{
    Attribute, Item, ItemUse, UseTree, Visibility,
    visit::{self, Visit},
};

/// The rooms from the top down: each may use those below it. Rooms of one line do not know each other.
const FLOORS: &[&[&str]] = &[
    &["bin"],
    &["entry"],
    &["sync", "chat"],
    &["doctor"],
    &["targets"],
    &["runtime"],
    &["telemetry"],
    &["aws", "state"],
    &["http"],
    &["config"],
    &["case"],
];

/// A use of one room by a file of another.
type Arrow = (String, Vec<String>);

#[test]
fn arrows_between_rooms_go_down() {
    let goes_down = |(file, path): &Arrow| {
        let (from, to) = (room_of(file), path[0].as_str());
        from == to || floor(&from) < floor(to)
    };
    let up = arrows().into_iter().filter(|arrow| !goes_down(arrow));
    let up: Vec<_> = up.map(|(file, path)| format!("{file} uses {}", path.join("::"))).collect();
    assert!(up.is_empty(), "arrows that do not go down:\n{}", up.join("\n"));
}

/// A third target touches its own folder, its settings and `entry`.
#[test]
fn the_engine_and_what_is_below_the_targets_name_no_target() {
    let nameless = ["sync", "state", "telemetry"].map(|room| source().join(room));
    let mut found = Vec::new();
    for file in nameless.iter().flat_map(|room| files(room)) {
        let text = fs::read_to_string(&file).unwrap();
        let live = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let named = live.lines().filter(|line| !line.trim_start().starts_with("//")).filter(|line| {
            ["slack", "jira", "pagerduty"].iter().any(|name| line.to_lowercase().contains(name))
        });
        found.extend(named.map(|line| format!("{}: {line}", file.display())));
    }
    // What 0.1.0 wrote of a comment in the making has a field for each of the two places where people speak.
    found.retain(|line| !line.contains("slack_ts") && !line.contains("jira_comment"));
    assert_eq!(found, Vec::<String>::new());
}

/// The contract is everybody's; a target is its own, `entry`'s, and `chat`'s, where people speak in it.
#[test]
fn a_target_knows_only_itself_and_is_known_only_where_it_is_registered() {
    let names = ["slack", "jira"];
    let mut found = Vec::new();
    for (file, path) in arrows() {
        let [room, target, ..] = &path[..] else { continue };
        if room != "targets" || !names.contains(&target.as_str()) {
            continue;
        }
        let own = file.starts_with(&format!("targets/{target}/"));
        let test = file.ends_with("/tests.rs");
        if !own && !test && !["entry", "chat", "doctor"].contains(&room_of(&file).as_str()) {
            found.push(format!("{file} uses {}", path.join("::")));
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn every_room_has_its_floor_and_every_floor_its_room() {
    let named: BTreeSet<&str> = FLOORS.iter().flat_map(|floor| floor.iter().copied()).collect();
    let name = |file: PathBuf| room_of(file.strip_prefix(source()).unwrap().to_str().unwrap());
    let there: BTreeSet<String> = files(&source()).into_iter().map(name).collect();
    assert_eq!(there.iter().map(String::as_str).collect::<BTreeSet<_>>(), named);
}

/// What a room promises to other crates is said at its face. Below it a name must do.
#[test]
fn what_a_room_promises_at_its_face_is_documented() {
    let faces = files(&source()).into_iter().filter(|file| {
        let file = file.strip_prefix(source()).unwrap();
        file.ends_with("mod.rs") && file.components().count() == 2
    });
    let mut silent = Vec::new();
    for face in faces {
        let parsed = syn::parse_file(&fs::read_to_string(&face).unwrap()).unwrap();
        let public = parsed.items.iter().filter_map(promised);
        let unsaid =
            public.filter(|(_, attributes)| !attributes.iter().any(|one| one.path().is_ident("doc")));
        silent.extend(unsaid.map(|(name, _)| format!("{}: {name}", face.display())));
    }
    assert_eq!(silent, Vec::<String>::new());
}

/// The name of a public item, and what stands above it.
fn promised(item: &Item) -> Option<(String, &[Attribute])> {
    let (visibility, name, attributes) = match item {
        Item::Fn(item) => (&item.vis, &item.sig.ident, &item.attrs),
        Item::Struct(item) => (&item.vis, &item.ident, &item.attrs),
        Item::Enum(item) => (&item.vis, &item.ident, &item.attrs),
        Item::Trait(item) => (&item.vis, &item.ident, &item.attrs),
        _ => return None,
    };
    matches!(visibility, Visibility::Public(_)).then(|| (name.to_string(), &attributes[..]))
}

#[test]
fn the_product_does_not_know_what_it_is_tried_in() {
    for file in files(&source()) {
        let text = fs::read_to_string(&file).unwrap();
        for word in ["casebridge_lab", "casebridge_cli"] {
            assert!(!text.contains(word), "{} names {word}", file.display());
        }
    }
}

/// All uses of rooms in live code.
fn arrows() -> Vec<Arrow> {
    let mut arrows = Vec::new();
    for file in files(&source()) {
        let name = file.strip_prefix(source()).unwrap().to_str().unwrap().to_owned();
        let parsed = syn::parse_file(&fs::read_to_string(&file).unwrap()).unwrap();
        let mut paths = Paths::default();
        paths.visit_file(&parsed);
        arrows.extend(paths.0.into_iter().map(|path| (name.clone(), path)));
    }
    assert!(arrows.len() > 500, "the source was read");
    arrows
}

fn floor(room: &str) -> usize {
    FLOORS.iter().position(|floor| floor.contains(&room)).unwrap_or_else(|| panic!("no floor for {room}"))
}

fn room_of(file: &str) -> String {
    file.split('/').next().unwrap().trim_end_matches(".rs").to_owned()
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every file of a folder but the map.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files = Vec::new();
    for path in entries {
        match path.is_dir() {
            true => files.extend(self::files(&path)),
            false if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("src/lib.rs") => {
                files.push(path)
            }
            false => {}
        }
    }
    files
}

/// Paths into the crate, `crate::` or `casebridge::` left off, of all that is not a test.
#[derive(Default)]
struct Paths(BTreeSet<Vec<String>>);

impl Paths {
    fn take(&mut self, path: Vec<String>) {
        if let [root, rest @ ..] = &path[..]
            && (root == "crate" || root == "casebridge")
            && !rest.is_empty()
        {
            self.0.insert(rest.to_vec());
        }
    }

    fn tree(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.tree(&path.tree, &with(&path.ident)),
            UseTree::Name(name) => self.take(with(&name.ident)),
            UseTree::Rename(name) => self.take(with(&name.ident)),
            UseTree::Glob(_) => self.take(before.to_vec()),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(tree, before)),
        }
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    })
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item(&mut self, item: &'ast Item) {
        let tests = matches!(item, Item::Mod(module) if is_test(&module.attrs));
        if !tests {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.take(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }
}

/// The map that docs/architecture.md shows is the map that holds.
#[test]
fn the_code_map_names_every_room() {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/architecture.md")).unwrap();
    let missing: BTreeMap<_, _> = FLOORS
        .iter()
        .flat_map(|floor| floor.iter())
        .map(|room| (room, format!("`{room}/`")))
        .filter(|(_, written)| !text.contains(written.as_str()))
        .collect();
    assert!(missing.is_empty(), "docs/architecture.md does not name {missing:?}");
}

/// A line has `message`, `level`, `target` and `timestamp` already: a reader keeps the last of two.
#[test]
fn a_newcomer_installs_one_program_and_reads_no_version_that_is_not_the_true_one() {
    let table = |path: &str| read(path).parse::<toml::Table>().unwrap();
    let tool = table("cli/Cargo.toml");
    let programs = tool["bin"].as_array().unwrap().iter().map(|bin| bin["name"].as_str().unwrap());
    assert_eq!(programs.collect::<Vec<_>>(), ["casebridge"]);
    let found_by_cargo = source().with_file_name("cli/src/bin");
    assert!(!found_by_cargo.exists(), "each file there is a program that is installed as well");
    let (needed, taken) = (table("Cargo.toml"), table("rust-toolchain.toml"));
    let numbers = |version: &toml::Value| {
        version.as_str().unwrap().split('.').map(|part| part.parse::<u32>().unwrap()).collect::<Vec<_>>()
    };
    let needed = &needed["workspace"]["package"]["rust-version"];
    assert!(numbers(needed) <= numbers(&taken["toolchain"]["channel"]), "rustup takes one that is too old");
    let newcomers = [("README.md", true), ("docs/deploy.md", true), ("docs/contributing.md", false)];
    for (document, installs) in newcomers {
        let text = read(document);
        let other = text.match_indices("Rust 1.").map(|(at, _)| &text[at + 5..]);
        let other = other.filter_map(|rest| rest.split_whitespace().next());
        let other: Vec<_> = other.filter(|version| !version.starts_with(needed.as_str().unwrap())).collect();
        assert_eq!(other, [""; 0], "{document}");
        assert_eq!(text.contains("cargo install --path cli --locked"), installs, "{document}");
    }
    for document in ["README.md", "docs/contributing.md"] {
        assert!(read(document).contains("first build takes about"), "{document}");
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(source().with_file_name(path)).unwrap()
}

#[test]
fn no_log_line_has_a_key_twice() {
    let (mut lines, mut found) = (0, Vec::new());
    for file in files(&source()) {
        let text = fs::read_to_string(&file).unwrap();
        for event in ["trace!(", "debug!(", "info!(", "warn!(", "error!("]
            .iter()
            .flat_map(|name| text.split(name).skip(1))
        {
            lines += 1;
            let fields = event.split(['"', ';']).next().unwrap();
            let names = fields
                .split(',')
                .map(|field| field.split('=').next().unwrap().trim().trim_start_matches(['%', '?']));
            found.extend(
                names
                    .filter(|name| ["message", "level", "target", "timestamp"].contains(name))
                    .map(|name| format!("{}: {name}", file.display())),
            );
        }
    }
    assert!(lines > 40, "the source was read: {lines}");
    assert_eq!(found, Vec::<String>::new());
}

/// Walks over a text.
const WALKS: [&str; 13] = [
    ".chars()",
    ".char_indices()",
    ".bytes()",
    ".lines()",
    ".split(",
    ".split_inclusive(",
    ".split_whitespace()",
    ".rsplit(",
    ".match_indices(",
    ".matches(",
    ".replace(",
    ".replacen(",
    ".rfind(",
];

/// Files that walk over texts and need no test of their own of how that grows: folder, names (`*`: all of it), why.
const NO_GROWTH: [(&str, &str, &str); 22] = [
    ("aws", "*", "what AWS names; what people type is tried in sir/limits/mod.rs"),
    ("case", "author ids turn", "an id or a name, once"),
    (
        "chat/actions",
        "attach cases diagnostics history issue_comments links lists withdrawal",
        "ids, keys and names",
    ),
    ("chat/forms", "block membership new_case overflow_field", "fields that values.rs and the grammar read"),
    ("chat/ingress", "act events payload route signature", "ids, headers, and a form's few fields"),
    (
        "chat/language",
        "args args_organisation arguments user_error validate verbs",
        "read for grammar.rs, whose test takes each",
    ),
    ("chat/policy", "secret_scan", "tried in secret_scan/tests"),
    ("chat", "reply", "tried in reply/messages.rs"),
    ("chat/reply", "terminal", "tried in messages.rs"),
    ("config", "*", "what an operator wrote, or an address"),
    ("doctor", "*", "our own words"),
    ("http", "mod", "a header"),
    ("state", "*", "keys of ours"),
    ("sync", "*", "names of regions, statuses and settings"),
    ("targets", "attachments", "how long a file is"),
    ("targets/jira", "files history offers planner webhooks", "ids, and a name"),
    ("targets/jira/reading", "block", "tried in tests.rs"),
    ("targets/pagerduty", "*", "an error's words, cut before"),
    ("targets/slack", "files line login message response_url target", "an id, an address, a mark"),
    ("targets/slack", "mrkdwn", "tried in card.rs"),
    ("targets/slack/reading", "block rich", "tried in tests.rs"),
    ("telemetry", "*", "a line of ours"),
];

/// What people, AWS and other services write is read and rendered in these: each tries itself.
const GROWTH: [&str; 21] = [
    "aws/sir/limits/mod",
    "case/passage",
    "case/text",
    "chat/actions/naming",
    "chat/actions/parts",
    "chat/forms/values",
    "chat/forms/written",
    "chat/language/decode",
    "chat/language/grammar",
    "chat/language/shell",
    "chat/language/when",
    "chat/policy/secret_scan/tests/mod",
    "chat/reply/messages",
    "http/json",
    "targets/jira/adf",
    "targets/jira/description",
    "targets/jira/reading/tests",
    "targets/jira/remark",
    "targets/slack/card",
    "targets/slack/reading/tests",
    "targets/slack/thread",
];

/// Whether an entry of the list above is about a file.
fn is_about(file: &str, (folder, names, _): &(&str, &str, &str)) -> bool {
    let within = file.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
    within.is_some_and(|name| *names == "*" || names.split(' ').any(|listed| listed == name))
}

#[test]
fn whatever_walks_over_a_text_is_tried_with_twice_as_much_of_it() {
    let (mut untried, mut used) = (Vec::new(), BTreeSet::new());
    for file in files(&source()) {
        let text = fs::read_to_string(&file).unwrap();
        let live = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let name = file.strip_prefix(source()).unwrap().with_extension("").to_string_lossy().into_owned();
        let walks = WALKS.iter().any(|walk| live.contains(walk)) && !name.contains("/tests");
        match NO_GROWTH.iter().find(|listed| is_about(&name, listed)) {
            _ if !walks || text.contains("is_steady(") => {}
            Some(listed) => drop(used.insert(*listed)),
            None => untried.push(name),
        }
    }
    assert_eq!(untried, Vec::<String>::new());
    let unneeded: Vec<_> = NO_GROWTH.iter().filter(|listed| !used.contains(listed)).collect();
    assert!(unneeded.is_empty(), "{unneeded:?}");
    for file in GROWTH {
        assert!(read(&format!("src/{file}.rs")).contains("is_steady("), "{file}");
    }
}
