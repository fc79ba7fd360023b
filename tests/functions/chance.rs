//! What is left to chance, and how is it repeated?

/// xorshift64*: <https://doi.org/10.18637/jss.v008.i14>.
pub struct Dice(u64);

impl Dice {
    /// Neighbouring seeds give rows that have nothing in common.
    pub fn of(seed: u64) -> Self {
        Self(seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % end
    }

    /// One of these.
    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len() as u64) as usize]
    }

    /// A part of this time.
    pub fn part_of(&mut self, time: std::time::Duration) -> std::time::Duration {
        time.mul_f64(self.below(1_000) as f64 / 1_000.0)
    }
}

/// A number from the environment.
pub fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |text| text.parse().unwrap())
}
