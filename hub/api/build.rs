//! Makes sure that the folder of the built page exists, and that a newly built page is taken in.

fn main() {
    // Where the sources are read-only there is nothing to make, and the hub says that it has no page.
    let _ = std::fs::create_dir_all(PAGE);
    println!("cargo::rerun-if-changed={PAGE}");
    println!("cargo::rerun-if-changed=build.rs");
}

const PAGE: &str = "../web/dist";
