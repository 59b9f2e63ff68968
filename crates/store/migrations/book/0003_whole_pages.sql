kept_whole(operation_page.entries);
