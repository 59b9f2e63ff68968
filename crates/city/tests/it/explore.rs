use crate::worlds::town;
use city::{City, Setting, promotion_of};
use feed::{Cause, Outcome};

#[test]
#[ignore = "explore"]
fn explore() {
    let get =
        |name: &str, or: u64| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(or);
    let world = town(
        get("SEED", 1),
        get("PEOPLE", 8000) as u32,
        get("DAYS", 4) as u16,
        get("OWN", 12) as u32,
        get("RIVALS", 12) as u32,
        get("LOAD", 60),
    );
    let mut setting = Setting::of(&world.plan);
    if get("NOCAP", 0) == 1 {
        setting.cap = city::NO_CAP;
    }
    let begun = std::time::Instant::now();
    let mut city = City::new(setting);
    world.run(&mut city);
    println!("ran in {:?}", begun.elapsed());
    city.finish();
    city.book().audit();
    println!("{} selections", city.selections());
    let waterfall = city.waterfall();
    for c in &world.campaigns {
        let id = promotion_of(c.number);
        let row = city.book().promotion(id).unwrap();
        let mut all = feed::Counts::default();
        for (_, counts) in waterfall.of(id) {
            all.absorb(counts);
        }
        let lost: Vec<String> = Cause::ALL
            .iter()
            .map(|c| (c, all.get(Outcome::Lost(*c))))
            .filter(|(_, n)| *n > 0)
            .map(|(c, n)| format!("{} {n}", c.as_str()))
            .collect();
        let s = city.promoted(c.number);
        println!(
            "{:>3} {:?}{} price {} budget {} daily {:?} spent {} units {} unbilled {} served {} of {}: {}",
            c.number,
            c.goal,
            if c.audience == promotions::Audience::automatic() { "*" } else { "" },
            s.pricing.most(),
            c.budget,
            c.daily_budget,
            row.spend.spent.minor(),
            row.delivery.billed_units,
            row.delivery.unbilled_units,
            all.get(Outcome::Served),
            all.opportunities(),
            lost.join(", ")
        );
    }
}
