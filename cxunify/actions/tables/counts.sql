-- Of how many customers something is told.
select
    (select count(*) from actions.outlooks where quarters_ago = 0) as predicted,
    (select count(value_365d) from actions.outlooks where quarters_ago = 0) as valued,
    (select count(*) from actions.segmented where quarters_ago = 0) as segmented
