-- Of how many customers something is told.
select
    (select count(*) from temp.outlooks where quarters_ago = 0) as predicted,
    (select count(value_365d) from temp.outlooks where quarters_ago = 0) as valued,
    (select count(*) from temp.segmented where quarters_ago = 0) as segmented
