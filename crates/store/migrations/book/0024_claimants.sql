create index claim_claimant on claim (claimant, id) where claimant_kind = 1;
