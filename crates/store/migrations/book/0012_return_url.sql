alter table payment add column return_url text;
