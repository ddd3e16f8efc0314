-- The words of consent that are not understood, of a column or names of files: on how many records and customers each is, most
-- customers first.
select
    bad.word, count(*) as records, count(distinct o.customer_id) as customers,
    bad.word in (select f.path from raw.files as f where f.source = $source) as is_file
from staging.invalid as bad
join staging.records as r on r.source = bad.source and r.file_id = bad.file_id and r.source_row = bad.source_row
left join quality.owners as o on o.row_no = r.row_no
where bad.source = $source and bad.field = $field and bad.word is not null
group by bad.word
order by customers desc, records desc, word
